import { Flags } from '@oclif/core'
import { createContext } from '../agents/context.ts'
import { makeBundle } from '../agents/doctor/bundle.ts'
import { diagnose, repair } from '../agents/doctor/doctor.ts'
import { probeSandboxes } from '../agents/doctor/probe-sandbox.ts'
import { AgentvmCommand } from '../agentvm-command.ts'
import { checkList } from '../terminal/check-list.ts'
import { CONSOLE, confirm } from '../terminal/confirm.ts'
import { sandboxScores } from '../terminal/sandbox-scores.ts'

export default class Doctor extends AgentvmCommand {
  protected static override readonly needsHome = false
  static override description =
    'Check tmux, sandbox (by really starting one), profiles, keys, permissions, disk and limits.\nExits with 1 if something does not work.'
  static override examples = [
    '<%= config.bin %> doctor',
    '<%= config.bin %> doctor --fix',
    '<%= config.bin %> doctor --json',
    '<%= config.bin %> doctor --probe',
    '<%= config.bin %> doctor --bundle',
  ]
  static override flags = {
    fix: Flags.boolean({ description: 'mend what can be mended; asks before it installs packages' }),
    yes: Flags.boolean({
      char: 'y',
      description: 'install packages without asking',
      dependsOn: ['fix'],
    }),
    probe: Flags.boolean({
      description:
        'attack the sandbox with harmless probes, each shown to work without it, and print a score',
      exclusive: ['fix'],
    }),
    sandbox: Flags.string({
      description: 'the sandbox to probe',
      helpValue: 'BACKEND',
      dependsOn: ['probe'],
    }),
    bundle: Flags.boolean({
      description: 'pack what helps to find a fault, without keys, prompts, names and logs',
      exclusive: ['fix', 'probe'],
    }),
    output: Flags.string({
      char: 'o',
      description: 'where the bundle goes; by default into the current folder',
      helpValue: 'FILE',
      dependsOn: ['bundle'],
    }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Doctor)
    const context = createContext(this.home, this.config)
    if (flags.probe) {
      const scores = await probeSandboxes(context, flags.sandbox)
      this.log(sandboxScores(scores, this.stdout))
      if (scores.some(({ classes }) => classes.some(({ holes }) => holes.length > 0))) process.exitCode = 1
      return scores
    }
    if (flags.bundle) {
      const bundle = await makeBundle(context, this.config.version, flags.output)
      this.log(`${bundle.path}: ${bundle.files.join(', ')}`)
      return bundle
    }
    let results = await diagnose(context)
    if (flags.fix) {
      results = await repair(context, results, {
        say: (what) => process.stderr.write(`mending: ${what}\n`),
        mayInstall: async (command) => flags.yes || confirm(`Run: ${command}?`, CONSOLE, '--yes'),
      })
    }
    this.log(checkList(results, this.stdout))
    if (results.some(({ status }) => status === 'problem')) process.exitCode = 1
    return results.map(({ repair: _, installs: __, ...result }) => result)
  }
}
