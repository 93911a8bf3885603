# What zsh offers where somebody has typed $2 and presses Tab, a line each; $1 is the completion script.
# Completion works in an interactive shell only: one is driven through a pseudo-terminal.
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PROMPT=; autoload -Uz compinit; compinit -D -u'
zpty -w shell "source ${(q)1}"
zpty -w shell "source ${(q)0:A:h}/zsh-tell-offers.zsh"
# Spelt so that the shell's echo of the command is not taken for its answer.
zpty -w shell "print REA''DY"
zpty -r -m shell seen '*READY*'
zpty -w -n shell "$2"$'\t'
zpty -r -m shell seen '*<end>*'
print -r -- "$seen" | tr -d '\r' | sed -n 's/^<offer>\(.*\)<\/offer>$/\1/p'
zpty -d shell
