import { Args, Flags } from '@oclif/core'
import type { AgentChoice } from '../agents/state/select.ts'
import { tagsFromFlags } from '../agents/state/tags.ts'

/** The argument of commands on several agents; what else there is comes in `argv`. */
export const namesArgs = {
  name: Args.string({ ignoreStdin: true, description: 'names of the agents' }),
}

/** `--tag` of commands on several agents. */
export const tagFlag = Flags.string({
  char: 't',
  description: 'the agents with this tag, repeatable: each of the tags',
  helpValue: 'KEY=VALUE',
  multiple: true,
  multipleNonGreedy: true,
})

/** Flags that choose several agents instead of names. */
export const choiceFlags = {
  tag: tagFlag,
  all: Flags.boolean({ char: 'a', description: 'all agents that it makes sense for' }),
}

/** Whether words of a command line hold a flag that chooses agents instead of a name. */
export function choosesMany(words: readonly string[]): boolean {
  return words.some((word) => /^(?:--tag(?:=|$)|--all$|-[ta])/.test(word))
}

/** What names and flags choose. Each name counts once. */
export function agentChoice(
  argv: readonly unknown[],
  flags: { tag?: string[] | undefined; all?: boolean },
): AgentChoice {
  return {
    names: [...new Set(argv.map(String))],
    tags: tagsFromFlags(flags.tag ?? []),
    all: flags.all ?? false,
  }
}
