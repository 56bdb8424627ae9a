import { completeCommand } from './complete.ts'

/**
 * The scripts ask the program at each TAB, so that one which was saved long ago knows the commands of today. A word that holds a blank is
 * handed on as the shell has it; what the program answers is described in `printCompletions`.
 */

const bash = `# Completion of versprei for bash: source <(versprei completion bash)
_versprei() {
  local IFS=$' \\t\\n' words=() index line directive='' list='' current last
  # Bash takes the = of --flag=value for a word of its own.
  for ((index = 1; index <= COMP_CWORD; index++)); do
    last=\${words[*]: -1}
    if [[ $last == --* && ( \${COMP_WORDS[index]} == = || $last == *= && \${COMP_WORDS[index-1]} == = ) ]]; then
      words[-1]+=\${COMP_WORDS[index]}
    else
      words+=("\${COMP_WORDS[index]}")
    fi
  done
  current=\${words[-1]}
  [[ $current == --*=* ]] && current=\${current#*=}
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :* ]]; then directive=$line; else COMPREPLY+=("\${line%%$'\\t'*}"); fi
  done < <("\${COMP_WORDS[0]}" ${completeCommand} "\${words[@]}" 2>/dev/null)
  case $directive in
    :0) list=-f ;;
    :16) list=-d ;;
  esac
  if [[ -n $list ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$list" -- "$current")
  fi
}
complete -F _versprei versprei kubectl-versprei
`

const zsh = `#compdef versprei kubectl-versprei
# Completion of versprei for zsh: source <(versprei completion zsh), or save it as _versprei in a folder of $fpath
_versprei() {
  local line directive
  local -a described
  while IFS= read -r line; do
    case $line in
      :*) directive=$line ;;
      *$'\\t'*) described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
      *) described+=("\${line//:/\\\\:}") ;;
    esac
  done < <("\${(Q)words[1]}" ${completeCommand} "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  # Of --flag=value the value alone is completed.
  [[ $PREFIX == --*=* ]] && compset -P '--*='
  (( $#described )) && _describe -V 'versprei' described
  case $directive in
    :0) _files ;;
    :16) _files -/ ;;
  esac
}
if [[ $funcstack[1] == _versprei ]]; then
  _versprei "$@"
else
  compdef _versprei versprei kubectl-versprei
fi
`

const fish = `# Completion of versprei for fish: versprei completion fish | source
function __versprei_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l program $words[1]
  set -e words[1]
  set -l lines ($program ${completeCommand} $words "$current" 2>/dev/null)
  # Fish completes the whole word: of --flag=value the flag is said again.
  set -l flag (string match -r -- '^--[^=]*=' $current)
  set -l value (string replace -r -- '^--[^=]*=' '' "$current")
  for line in $lines
    switch $line
      case ':0'
        for path in (__fish_complete_path "$value")
          echo "$flag$path"
        end
      case ':16'
        for path in (__fish_complete_directories "$value" '')
          echo "$flag$path"
        end
      case ':*'
      case '*'
        echo "$flag$line"
    end
  end
end
complete -c versprei -f -k -a '(__versprei_complete)'
complete -c kubectl-versprei -f -k -a '(__versprei_complete)'
`

/** By shell: what makes it complete the command lines of this program. */
export const completionScripts = { bash, zsh, fish } as const
export const shells = ['bash', 'zsh', 'fish'] as const satisfies readonly (keyof typeof completionScripts)[]
