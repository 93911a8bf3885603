# Prints what completion offers in place of listing it.
compadd() {
  # With -O, -A or -D it fills an array for a function of zsh's own, and offers nothing.
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
    builtin compadd "$@"
    return
  fi
  local -a offered
  builtin compadd -A offered "$@"
  local each
  for each in $offered; do print -r -- "<offer>$each</offer>"; done
}
offers-begin() { print }
offers-end() { print '<end>' }
compprefuncs=(offers-begin)
comppostfuncs=(offers-end exit)
bindkey '^I' complete-word
