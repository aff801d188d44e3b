# Completion of tieline for bash 3.2 and later.

_tieline() {
    # Bash takes words apart at `=` and `:`. Here they are put together again: what stands right behind
    # the word before it, without a space, belongs to it.
    local rest=${COMP_LINE:0:COMP_POINT} word words count=0
    words=()
    for word in "${COMP_WORDS[@]:0:COMP_CWORD}"; do
        if [[ $count -gt 0 && $rest == "$word"* && ( $word == [=:]* || ${words[count - 1]} == *[=:] ) ]]; then
            words[count - 1]+=$word
        else
            words[count]=$word
            count=$((count + 1))
        fi
        rest=${rest#*"$word"}
    done
    # What is left of the line is the word to complete, with the blanks before it.
    word=${rest#"${rest%%[![:blank:]]*}"}
    if [[ $count -gt 0 && $rest == "$word" && ( $word == [=:]* || ${words[count - 1]} == *[=:] ) ]]; then
        count=$((count - 1))
        word=${words[count]}$word
    fi
    words[count]=$word

    # Bash puts a candidate in the place of what it takes for the word only.
    local known=''
    case $word in
        *[=:]*) known=${word%"${word##*[=:]}"} ;;
    esac
    local candidate
    COMPREPLY=()
    while IFS= read -r candidate || [[ $candidate ]]; do
        candidate=${candidate#"$known"}
        COMPREPLY+=("${candidate// /\\ }")
    done < <(_CLAP_COMPLETE_INDEX=$count _CLAP_IFS=$'\n' TIELINE_COMPLETE=bash \
        tieline -- "${words[@]:0:count + 1}" 2> /dev/null)
    # Something follows these.
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=:/@] ]]; then
        compopt -o nospace 2> /dev/null
    fi
}

if [[ ${BASH_VERSINFO[0]} -gt 4 || ${BASH_VERSINFO[0]} -eq 4 && ${BASH_VERSINFO[1]} -ge 4 ]]; then
    complete -o bashdefault -o nosort -F _tieline tieline
else
    complete -o bashdefault -F _tieline tieline
fi
