import { type CommandNode, flatten, type OptionNode } from './command-tree.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A script that completes commands, options and the values that an option may have; files elsewhere. */
export function completionScript(shell: Shell, root: CommandNode): string {
  return { bash, zsh, fish }[shell](root);
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** A pattern for each command path below the root: how the words so far are recognised. */
const paths = (root: CommandNode) =>
  flatten(root)
    .filter(({ path }) => path !== '')
    .map(({ path }) => quoted(path));

/** Options with a fixed choice of values, each once. */
const chosen = (root: CommandNode) => [
  ...new Map(
    flatten(root)
      .flatMap(({ options }) => options)
      .filter(({ choices }) => choices.length > 0)
      .map((option) => [option.long, option] as const),
  ).values(),
];

const withValue = (root: CommandNode) => [
  ...new Set(
    flatten(root)
      .flatMap(({ options }) => options)
      .filter(({ takesValue, choices }) => takesValue && choices.length === 0)
      .map(({ long }) => long),
  ),
];

function bash(root: CommandNode): string {
  const words = ({ options, children }: CommandNode) =>
    [...children.map(({ name }) => name), ...options.map(({ long }) => long)].join(' ');
  return `# bash completion for penumbra: eval "$(penumbra completion bash)"
_penumbra() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' next words=''
  local index
  for ((index = 1; index < COMP_CWORD; index++)); do
    next="\${path:+$path }\${COMP_WORDS[index]}"
    case "$next" in
      ${paths(root).join('|')}) path="$next" ;;
    esac
  done
  COMPREPLY=()
  case "$previous" in
${chosen(root)
  .map(
    ({ long, choices }) =>
      `    ${long}) COMPREPLY=($(compgen -W ${quoted(choices.join(' '))} -- "$current")); return ;;`,
  )
  .join('\n')}
    ${withValue(root).join('|')}) return ;;
  esac
  case "$path" in
${flatten(root)
  .map((node) => `    ${quoted(node.path)}) words=${quoted(words(node))} ;;`)
  .join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  # A command that takes a folder or a file: an empty word is none of its options.
  if [[ -z "$current" && "$words" == --* ]]; then COMPREPLY=(); fi
}
complete -o default -o bashdefault -F _penumbra penumbra
`;
}

function zsh(root: CommandNode): string {
  const entry = (name: string, description: string) =>
    quoted(`${name.replaceAll(':', '\\:')}:${description}`);
  const list = (entries: readonly string[]) => `(${entries.join(' ')})`;
  const commands = ({ children }: CommandNode) =>
    list(children.map(({ name, description }) => entry(name, description)));
  const options = (node: CommandNode) =>
    list(node.options.map(({ long, description }) => entry(long, description)));
  return `#compdef penumbra
# zsh completion for penumbra: eval "$(penumbra completion zsh)" after compinit
_penumbra() {
  local path_='' next word
  local -a commands options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    next="\${path_:+$path_ }$word"
    case "$next" in
      ${paths(root).join('|')}) path_="$next" ;;
    esac
  done
  case "\${words[CURRENT-1]}" in
${chosen(root)
  .map(({ long, choices }) => `    ${long}) compadd -- ${choices.map(quoted).join(' ')}; return ;;`)
  .join('\n')}
    ${withValue(root).join('|')}) _files; return ;;
  esac
  case "$path_" in
${flatten(root)
  .map((node) => `    ${quoted(node.path)}) commands=${commands(node)} options=${options(node)} ;;`)
  .join('\n')}
  esac
  if [[ "$PREFIX" == -* ]]; then _describe 'option' options
  elif (( \${#commands} )); then _describe 'command' commands
  else _files
  fi
}
compdef _penumbra penumbra
`;
}

function fish(root: CommandNode): string {
  const nodes = flatten(root);
  const at = ({ path }: CommandNode) => quoted(`__penumbra_at ${quoted(path)}`);
  const option = (node: CommandNode, { long, description, takesValue, choices }: OptionNode) => {
    const name = long.startsWith('--') ? `-l ${long.slice(2)}` : `-s ${long.slice(1)}`;
    const values = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : '';
    return `complete -c penumbra -n ${at(node)} ${name}${values} -d ${quoted(description)}`;
  };
  const command = (node: CommandNode, { name, description }: CommandNode) =>
    `complete -c penumbra -f -n ${at(node)} -a ${name} -d ${quoted(description)}`;
  return `# fish completion for penumbra: penumbra completion fish | source
# Whether the words so far name this command. What follows it may be called like another one.
function __penumbra_at
  set -l path ''
  for word in (commandline -opc)[2..]
    set -l next (string trim -- "$path $word")
    if contains -- $next ${paths(root).join(' ')}
      set path $next
    end
  end
  test "$path" = "$argv[1]"
end
${nodes.flatMap((node) => node.children.map((child) => command(node, child))).join('\n')}
${nodes.flatMap((node) => node.options.map((each) => option(node, each))).join('\n')}
`;
}
