import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')

/** What a program printed, and its exit code. */
export interface Printed {
  code: number
  stdout: string
  stderr: string
}

/** agentvm as a user gets it: packed, and installed from the tarball below a prefix of its own, with an empty home. */
export class InstalledCli {
  readonly folder = mkdtempSync(join(tmpdir(), 'agentvm e2e-'))
  readonly prefix = join(this.folder, 'prefix')
  readonly home = join(this.folder, 'home')
  /** The installed package. */
  readonly package = join(this.prefix, 'lib/node_modules/agentvm')
  /** Paths in the tarball. */
  packed: string[] = []

  install(): void {
    mkdirSync(this.home)
    const [tarball] = JSON.parse(npm(['pack', '--json', '--pack-destination', this.folder]))
    this.packed = tarball.files.map(({ path }: { path: string }) => path)
    npm(['install', '--global', '--prefix', this.prefix, join(this.folder, tarball.filename)])
  }

  /** Runs the installed `agentvm` with nothing but a PATH, this Node.js first, and an empty home. */
  run(args: readonly string[], env: Record<string, string> = {}): Printed {
    return print(join(this.prefix, 'bin/agentvm'), args, this.env(env))
  }

  env(more: Record<string, string> = {}): Record<string, string> {
    return {
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      HOME: this.home,
      // Where it isn't named, Node passes on the runner's: an ordinary user can't write there.
      NODE_V8_COVERAGE: '',
      ...more,
    }
  }

  remove(): void {
    this.run(['purge', '--force'])
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Runs a program to its end. */
export function print(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
  cwd = ROOT,
): Printed {
  const { status, signal, error, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (error) throw error
  return { code: status ?? -1, stdout, stderr: signal ? `${stderr}[${signal}]` : stderr }
}

/** With the npm settings of who runs the tests: packages come from their registry. */
function npm(args: readonly string[]): string {
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error']
  const { code, stdout, stderr } = print('npm', [...args, ...flags], process.env as Record<string, string>)
  if (code !== 0) throw new Error(`npm ${args[0]} failed; is the npm registry within reach?\n${stderr}`)
  return stdout
}
