# bash completion for tamtap: the program itself says what may come next.
_tamtap() {
    local IFS=$'\n'
    COMPREPLY=($(tamtap complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
}
complete -o default -F _tamtap tamtap
