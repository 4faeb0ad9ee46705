import type { CommandModel, CompletionModel } from '../model.ts'
import type { Values } from '../values.ts'
import { FISH_LIVE } from './fish-live.ts'
import { firstWords, subcommands } from './posix-tables.ts'

/** The completion script for fish, from 3.0 on. At Tab it starts no process: what lives it reads from files itself. */
export function fishScript(model: CompletionModel): string {
  const described = (list: { word: string; description: string }[]) =>
    list.map(({ word, description }) => quote(description ? `${word}\t${description}` : word)).join(' ')
  return `# fish completion for agentvm, made by 'agentvm completion fish'

# What follows a command: its arguments' kinds, then 'many' if the last one can come again, 'dashes' if a command line follows a --
function __agentvm_arguments
    switch "$argv"
${model.commands.map((command) => `        case ${ids(command)}\n            printf '%s\\n' ${argumentFacts(command)}`).join('\n')}
        case '*'
            return 1
    end
end

function __agentvm_flags
    switch "$argv"
${model.commands
  .map((command) => {
    const words = command.flags.flatMap(({ names, description }) =>
      names.map((word) => ({ word, description })),
    )
    return `        case ${ids(command)}\n            printf '%s\\n' ${described(words)}`
  })
  .join('\n')}
    end
end

# What the value of a flag is completed with; fails for a flag without one.
function __agentvm_flag_kind
    switch "$argv"
${flagKinds(model)
  .map(([values, keys]) => `        case ${keys.map(quote).join(' ')}\n            echo ${quote(values)}`)
  .join('\n')}
        case '*'
            return 1
    end
end

function __agentvm_setting_kind
    switch "$argv"
${model.settings.map(({ key, values }) => `        case ${key}\n            echo ${quote(values)}`).join('\n')}
    end
end

function __agentvm_subcommands
    switch "$argv"
        case ''
            printf '%s\\n' ${described(firstWords(model))}
${model.topics.map(({ name }) => `        case ${name}\n            printf '%s\\n' ${described(subcommands(model, name))}`).join('\n')}
        case '*'
            return 1
    end
end

function __agentvm_installed
    switch "$argv"
        case profiles
            ${lines(model.profiles)}
        case sandboxes
            ${lines(model.sandboxes)}
        case plugins
            ${lines(model.plugins)}
        case all-plugins
            ${lines(model.allPlugins)}
        case settings
            ${lines(model.settings.map(({ key }) => key))}
        case env-known
            ${lines(model.envNames)}
    end
end
${FISH_LIVE}`
}

function ids(command: CommandModel): string {
  return command.ids.map(quote).join(' ')
}

function argumentFacts({ args, many, takesCommand }: CommandModel): string {
  const kinds = args.map(quote).join(' ')
  return `"${many ? 'many' : ''}" "${takesCommand ? 'dashes' : ''}" ${kinds}`.trimEnd()
}

function flagKinds(model: CompletionModel): [Values, string[]][] {
  const byValues = new Map<Values, string[]>()
  for (const command of model.commands) {
    for (const { names, values } of command.flags) {
      if (values === undefined) continue
      const keys = command.ids.flatMap((id) => names.map((name) => `${id} ${name}`))
      byValues.set(values, [...(byValues.get(values) ?? []), ...keys])
    }
  }
  return [...byValues]
}

/** A command that prints words, a line each. Not `string join`: that fails for a single one. */
function lines(words: readonly string[]): string {
  return words.length > 0 ? `printf '%s\\n' ${words.map(quote).join(' ')}` : 'true'
}

function quote(word: string): string {
  return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
