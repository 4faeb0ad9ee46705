import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './agentvm.ts'

/** A program in a real terminal of a tmux server of its own. */
export class ShellTerminal {
  private readonly folder = mkdtempSync(join(tmpdir(), 'agentvm-term-'))

  constructor(argv: readonly string[], env: Record<string, string>, size: [number, number] = [120, 40]) {
    const [columns, rows] = size
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
    this.tmux(
      ...['new-session', '-d', '-x', String(columns), '-y', String(rows), '--'],
      ...['env', '-i', 'TERM=tmux-256color', 'LANG=C.UTF-8', ...variables, ...argv],
    )
  }

  /** Types text as it is. */
  type(text: string): void {
    this.tmux('send-keys', '-l', '--', text)
  }

  /** Presses a key by tmux's name for it. */
  press(...keys: string[]): void {
    this.tmux('send-keys', ...keys)
  }

  resize(columns: number, rows: number): void {
    this.tmux('resize-window', '-x', String(columns), '-y', String(rows))
  }

  /** What is shown, with its colours. */
  colouredScreen(): string {
    return this.tmux('capture-pane', '-p', '-e')
  }

  screen(): string {
    return this.tmux('capture-pane', '-p')
  }

  /** Waits until the screen shows something, and returns it. */
  async shows(what: RegExp): Promise<string> {
    let screen = ''
    try {
      return await until(() => {
        screen = this.screen()
        return what.test(screen) ? screen : undefined
      }, String(what))
    } catch (error) {
      throw new Error(`${(error as Error).message}; the screen:\n${screen}`)
    }
  }

  close(): void {
    try {
      this.tmux('kill-server')
    } catch {
      // It has ended by itself.
    }
    rmSync(this.folder, { recursive: true, force: true })
  }

  private tmux(...args: string[]): string {
    return execFileSync('tmux', ['-S', join(this.folder, 'tmux'), '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }
}
