# Completion of tieline for nushell. It answers for tieline only; whatever completed other commands
# before goes on doing so.

let tieline_others = ($env.config.completions.external.completer? | default null)
$env.config.completions.external.enable = true
$env.config.completions.external.completer = {|words|
    if $words.0 == "tieline" {
        with-env { TIELINE_COMPLETE: "fish" } { ^tieline -- ...$words }
        | lines
        | each {|line|
            let parts = ($line | split row --number 2 "\t")
            { value: $parts.0, description: ($parts.1? | default "") }
        }
    } else if $tieline_others != null {
        do $tieline_others $words
    }
}
