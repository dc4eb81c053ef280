# fish completion for tamtap: the program itself says what may come next.
complete -c tamtap -a '(tamtap complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
