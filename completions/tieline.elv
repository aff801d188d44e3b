# Completion of tieline for elvish.

use str

set edit:completion:arg-completer[tieline] = {|@words|
    tmp E:TIELINE_COMPLETE = fish
    tieline -- $@words | from-lines | each {|line|
        var value @explanation = (str:split &max=2 "\t" $line)
        var display = $value
        if (not-eq $explanation []) {
            set display = $value' ('$explanation[0]')'
        }
        # Something follows what ends like this, so there is no space behind it.
        var suffix = ' '
        for ending [= / @ :] {
            if (str:has-suffix $value $ending) {
                set suffix = ''
            }
        }
        edit:complex-candidate $value &display=$display &code-suffix=$suffix
    }
}
