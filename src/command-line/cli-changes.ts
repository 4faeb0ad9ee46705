import { Flags } from '@oclif/core'
import type { InstallCliOptions } from '../agents/clis/install-cli.ts'

/** Flags of `profiles install` and `profiles update`. */
export const cliFlags = {
  'allow-scripts': Flags.boolean({
    description: 'let the package and what it needs run their install scripts, with your rights',
  }),
  force: Flags.boolean({ char: 'f', description: 'install it again, also if that version is there' }),
  verbose: Flags.boolean({ char: 'v', description: 'show what npm says' }),
}

/** What {@link cliFlags} say. npm has the user's own configuration. */
export function cliOptions(
  flags: { 'allow-scripts': boolean; force: boolean; verbose: boolean },
  signal: AbortSignal,
): Omit<InstallCliOptions, 'version'> {
  const say = (text: string) => void process.stderr.write(text)
  return {
    ...{ allowScripts: flags['allow-scripts'], force: flags.force, signal, env: process.env },
    say: (what) => say(`agentvm: ${what} …\n`),
    onOutput: flags.verbose ? say : undefined,
  }
}
