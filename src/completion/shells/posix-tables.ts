import { shellQuote } from '../../system/shell-words.ts'
import type { CommandModel, CompletionModel } from '../model.ts'

/** Words as they stand in an array of bash or zsh. */
export function wordList(words: readonly string[]): string {
  return words.map(shellQuote).join(' ')
}

/**
 * The `case` arms, the same for bash and zsh, that say what follows a command: `args`, what its arguments are
 * completed with; `many=1` if the last one can come again; `dashes=1` if a command line follows a `--`.
 */
export function argumentArms(model: CompletionModel): string {
  return model.commands
    .map(({ ids, args, many, takesCommand }) => {
      const facts = [
        `args=(${wordList(args)})`,
        ...(many ? ['many=1'] : []),
        ...(takesCommand ? ['dashes=1'] : []),
      ]
      return `  ${pattern(ids)}) ${facts.join(' ')} ;;`
    })
    .join('\n')
}

/** The arms that say what the value of a flag is completed with, by command and flag. Flags without a value have none. */
export function flagValueArms(model: CompletionModel): string {
  const byValues = new Map<string, string[]>()
  for (const { ids, flags } of model.commands) {
    for (const { names, values } of flags) {
      if (values === undefined) continue
      const keys = ids.flatMap((id) => names.map((name) => `${id} ${name}`))
      byValues.set(values, [...(byValues.get(values) ?? []), ...keys])
    }
  }
  return [...byValues].map(([values, keys]) => `  ${pattern(keys)}) kind=${shellQuote(values)} ;;`).join('\n')
}

/** The arms that say what a setting is completed with. */
export function settingArms(model: CompletionModel): string {
  return model.settings.map(({ key, values }) => `  ${key}) kind=${shellQuote(values)} ;;`).join('\n')
}

/** Second words, and what they do, by first word. */
export function subcommands(model: CompletionModel, topic: string): { word: string; description: string }[] {
  return namesOf(model.commands)
    .filter(({ name }) => name.startsWith(`${topic} `))
    .map(({ name, description }) => ({ word: name.slice(topic.length + 1), description }))
    .filter(({ word }) => !word.includes(' '))
}

/** First words, and what they do. */
export function firstWords(model: CompletionModel): { word: string; description: string }[] {
  const words = new Map(model.topics.map(({ name, description }) => [name, description]))
  for (const { name, description } of namesOf(model.commands)) {
    if (!name.includes(' ')) words.set(name, description)
  }
  return [...words]
    .map(([word, description]) => ({ word, description }))
    .sort((a, b) => (a.word < b.word ? -1 : 1))
}

function namesOf(commands: readonly CommandModel[]): { name: string; description: string }[] {
  return commands.flatMap(({ ids, description }) => ids.map((name) => ({ name, description })))
}

function pattern(words: readonly string[]): string {
  return words.map((word) => (word.includes(' ') ? `'${word}'` : word)).join('|')
}
