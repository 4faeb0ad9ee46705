import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ROOT } from './cli-installed.ts'

/** What a command line came to. */
export interface Ran {
  code: number
  stdout: string
  stderr: string
}

/** A user with a home of their own, the built agentvm linked into `~/.local/bin`, and a bash to type into. */
export class ShellUser {
  readonly home = mkdtempSync(join(tmpdir(), 'agentvm-user-'))
  private readonly bin = join(this.home, '.local/bin')

  constructor() {
    mkdirSync(this.bin, { recursive: true })
    symlinkSync(join(ROOT, 'bin/agentvm'), join(this.bin, 'agentvm'))
  }

  /** Puts a program on the user's PATH. */
  install(name: string, script: string): void {
    writeFileSync(join(this.bin, name), script)
    chmodSync(join(this.bin, name), 0o755)
  }

  /** Runs a line of bash. */
  try(line: string): Ran {
    const { status, error, stdout, stderr } = spawnSync('bash', ['--norc', '-c', line], {
      cwd: this.home,
      encoding: 'utf8',
      env: {
        HOME: this.home,
        PATH: `${this.bin}:${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
        TMUX_TMPDIR: this.home,
        TERM: 'xterm-256color',
        NODE_V8_COVERAGE: '',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    if (error) throw error
    return { code: status ?? -1, stdout, stderr }
  }

  /** Runs a line that must succeed, and returns what it printed. */
  sh(line: string): string {
    const { code, stdout, stderr } = this.try(line)
    if (code !== 0) throw new Error(`${line}: exit code ${code}\n${stdout}${stderr}`)
    return stdout
  }

  path(...parts: string[]): string {
    return join(this.home, ...parts)
  }

  read(...parts: string[]): string {
    return readFileSync(this.path(...parts), 'utf8')
  }

  has(...parts: string[]): boolean {
    return existsSync(this.path(...parts))
  }

  remove(): void {
    this.try('agentvm purge --force')
    rmSync(this.home, { recursive: true, force: true })
  }
}
