import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DiffReport } from '../../src/agents/diff/report.ts'
import { TestHome } from './agentvm.ts'

/** Makes a repository of the folder that a script runs in. */
export const GIT = 'git init -q . && git config user.email a@b && git config user.name n &&'

/** A home whose agents are shell scripts that change their workspace. */
export class DiffHome extends TestHome {
  /** Puts files into the workspace of an agent that isn't there yet. */
  seed(name: string, files: Record<string, string>): void {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(this.file('workspaces', name), path, '..'), { recursive: true })
      writeFileSync(this.file('workspaces', name, path), content)
    }
  }

  /** Runs git in a workspace. */
  git(name: string, ...args: string[]): void {
    execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=a@b', ...args], {
      cwd: this.file('workspaces', name),
    })
  }

  /** Runs an agent to its end; `seed` lies in its workspace before. */
  async agent(name: string, script: string, seed: Record<string, string> = {}): Promise<void> {
    this.seed(name, seed)
    await this.ok('spawn', name, '--', 'sh', '-c', script)
    await this.ok('wait', name)
  }

  diff(name: string, ...flags: string[]): Promise<DiffReport> {
    return this.json<DiffReport>('diff', name, ...flags)
  }
}

/** What became of each file. */
export function statuses(report: DiffReport): Record<string, string> {
  return Object.fromEntries(report.files.map(({ path, status }) => [path, status]))
}
