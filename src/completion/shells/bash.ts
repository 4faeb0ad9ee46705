import type { CompletionModel } from '../model.ts'
import { BASH_LIVE } from './bash-live.ts'
import {
  argumentArms,
  firstWords,
  flagValueArms,
  settingArms,
  subcommands,
  wordList,
} from './posix-tables.ts'

/** The completion script for bash, from 3.2 on. At Tab it starts no process: what lives it reads from files itself. */
export function bashScript(model: CompletionModel): string {
  const words = (list: { word: string }[]) => wordList(list.map(({ word }) => word))
  return `# bash completion for agentvm, made by 'agentvm completion bash'

# What follows a command: args, many, dashes.
_agentvm_arguments() {
  args=() many= dashes=
  case $1 in
${argumentArms(model)}
  *) return 1 ;;
  esac
}

_agentvm_flags() {
  flags=()
  case $1 in
${model.commands
  .map(
    ({ ids, flags }) =>
      `  ${ids.map((id) => `'${id}'`).join('|')}) flags=(${wordList(flags.flatMap(({ names }) => names))}) ;;`,
  )
  .join('\n')}
  esac
}

# What the value of a flag is completed with; fails for a flag without one.
_agentvm_flag_kind() {
  kind=
  case $1 in
${flagValueArms(model)}
  *) return 1 ;;
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
  '') values=(${words(firstWords(model))}) ;;
${model.topics.map(({ name }) => `  ${name}) values=(${words(subcommands(model, name))}) ;;`).join('\n')}
  *) return 1 ;;
  esac
}

_agentvm_installed() {
  case $1 in
  profiles) values=(${wordList(model.profiles)}) ;;
  sandboxes) values=(${wordList(model.sandboxes)}) ;;
  plugins) values=(${wordList(model.plugins)}) ;;
  all-plugins) values=(${wordList(model.allPlugins)}) ;;
  settings) values=(${wordList(model.settings.map(({ key }) => key))}) ;;
  env-known) values=(${wordList(model.envNames)}) ;;
  esac
}
${BASH_LIVE}`
}
