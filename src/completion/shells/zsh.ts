import { shellQuote } from '../../system/shell-words.ts'
import type { CompletionModel } from '../model.ts'
import {
  argumentArms,
  firstWords,
  flagValueArms,
  settingArms,
  subcommands,
  wordList,
} from './posix-tables.ts'
import { ZSH_LIVE } from './zsh-live.ts'

/** The completion script for zsh, for a file `_agentvm` on `$fpath`. At Tab it starts no process. */
export function zshScript(model: CompletionModel): string {
  const described = (list: { word: string; description: string }[]) =>
    list.map(({ word, description }) => describe(word, description)).join(' ')
  return `#compdef agentvm
# zsh completion for agentvm, made by 'agentvm completion zsh'

# What follows a command: args, many, dashes.
_agentvm_arguments() {
  args=() many= dashes=
  case $1 in
${argumentArms(model)}
  (*) return 1 ;;
  esac
}

_agentvm_flags() {
  flags=()
  case $1 in
${model.commands
  .map(
    ({ ids, flags }) =>
      `  (${ids.map((id) => `'${id}'`).join('|')}) flags=(${described(
        flags.flatMap(({ names, description }) => names.map((word) => ({ word, description }))),
      )}) ;;`,
  )
  .join('\n')}
  esac
}

# What the value of a flag is completed with; fails for a flag without one.
_agentvm_flag_kind() {
  kind=
  case $1 in
${flagValueArms(model)}
  (*) return 1 ;;
  esac
}

_agentvm_setting_kind() {
  kind=none
  case $1 in
${settingArms(model)}
  esac
}

_agentvm_subcommands() {
  values=()
  case $1 in
  ('') values=(${described(firstWords(model))}) ;;
${model.topics.map(({ name }) => `  (${name}) values=(${described(subcommands(model, name))}) ;;`).join('\n')}
  (*) return 1 ;;
  esac
}

_agentvm_installed() {
  case $1 in
  (profiles) values=(${wordList(model.profiles)}) ;;
  (sandboxes) values=(${wordList(model.sandboxes)}) ;;
  (plugins) values=(${wordList(model.plugins)}) ;;
  (all-plugins) values=(${wordList(model.allPlugins)}) ;;
  (settings) values=(${wordList(model.settings.map(({ key }) => key))}) ;;
  (env-known) values=(${wordList(model.envNames)}) ;;
  esac
}
${ZSH_LIVE}`
}

/** `word:what it is`, as \`_describe\` takes it. */
function describe(word: string, description: string): string {
  return shellQuote(
    description ? `${word.replaceAll(':', '\\:')}:${description}` : word.replaceAll(':', '\\:'),
  )
}
