import { Flags } from '@oclif/core'
import type { Context } from '../agents/context.ts'
import { usesOfPlugins } from '../agents/plugin-users.ts'
import { UserError } from '../errors.ts'
import type { InstallOptions, Proposal } from '../extensions/installed/install.ts'
import { CONSOLE, confirm } from '../terminal/confirm.ts'
import { proposalText, usesText } from '../terminal/plugin-change.ts'

/** Flags of `plugins install` and `plugins update`. */
export const fetchFlags = {
  yes: Flags.boolean({ char: 'y', description: "don't ask" }),
  'allow-scripts': Flags.boolean({
    description: 'let the package and what it needs run their install scripts, with your rights',
  }),
  force: Flags.boolean({ char: 'f', description: 'fetch it even if npm has a copy of it' }),
  silent: Flags.boolean({ char: 's', description: "don't say what is done", exclusive: ['verbose'] }),
  verbose: Flags.boolean({ char: 'v', description: 'show what npm says', exclusive: ['silent'] }),
}

/** What {@link fetchFlags} say. */
interface FetchChoices {
  yes: boolean
  'allow-scripts': boolean
  force: boolean
  silent: boolean
  verbose: boolean
}

const say = (text: string) => void process.stderr.write(`${text}\n`)

/**
 * How packages are fetched, and who is asked. On a terminal that is the user. Where there is none the command itself says
 * that it is wanted, except for a plugin that running agents use: that needs `--yes`.
 */
export function installOptions(context: Context, flags: FetchChoices, signal: AbortSignal): InstallOptions {
  const approve = async (proposal: Proposal) => {
    const uses = usesOfPlugins(context, [proposal.change.name])
    const text = [proposalText(proposal, flags['allow-scripts']), usesText(uses, 'updated')].filter(Boolean)
    if (!flags.silent) say(text.join('\n'))
    if (flags.yes || (!CONSOLE.input.isTTY && uses.length === 0)) return true
    return confirm('Use this plugin?', CONSOLE, '--yes')
  }
  return {
    ...{ allowScripts: flags['allow-scripts'], force: flags.force, signal, env: process.env, approve },
    say: (what) => (flags.silent ? undefined : say(`agentvm: ${what} …`)),
    onOutput: flags.verbose ? (text) => void process.stderr.write(text) : undefined,
  }
}

/**
 * Asks before plugins are taken off: if `always`, or if running agents use them. Throws a {@link UserError} if that isn't
 * wanted, or nobody can be asked.
 */
export async function confirmRemoval(
  context: Context,
  { names, force, always = false }: { names: readonly string[]; force: boolean; always?: boolean },
): Promise<void> {
  const uses = usesOfPlugins(context, names)
  if (uses.length > 0) say(usesText(uses, 'removed'))
  if (force || (uses.length === 0 && !always)) return
  if (!(await confirm(`This takes off ${names.join(', ')}. Go on?`))) throw new UserError('nothing was done')
}
