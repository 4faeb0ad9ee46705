import { execFileSync } from 'node:child_process'
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GitSetting, IdentityProvider, IdentitySubject } from '../identity.ts'

/** Agents with homes of their own for a provider. */
export class IdentityLab {
  readonly provider: IdentityProvider
  private readonly root = mkdtempSync(join(tmpdir(), 'agentvm-identity-'))
  private agents = 0

  constructor(provider: IdentityProvider) {
    this.provider = provider
  }

  /** A new agent with an empty home. */
  agent(): IdentitySubject {
    const name = `a${++this.agents}`
    const [home, keys] = [this.folder(name), this.folder(`keys-of-${name}`)]
    // By file: nobody is there to sign for it.
    return { id: name.padStart(8, '0'), name, home, keys, mode: 'file', past: [] }
  }

  /** A new folder that is no agent's. */
  folder(name: string): string {
    mkdirSync(join(this.root, name), { mode: 0o700 })
    return join(this.root, name)
  }

  /** A repository in which a commit was made with these settings; whether git can verify its signature. */
  signsCommits(agent: IdentitySubject, settings: readonly GitSetting[]): boolean {
    const repository = this.folder(`repository-of-${agent.name}`)
    const all = [...settings, { key: 'user.name', value: agent.name }]
    const pairs = all.flatMap(({ key, value }, at) => [
      [`GIT_CONFIG_KEY_${at}`, key],
      [`GIT_CONFIG_VALUE_${at}`, value],
    ])
    const env = {
      ...{ PATH: process.env.PATH, HOME: agent.home, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' },
      ...{ GIT_CONFIG_COUNT: String(all.length), ...Object.fromEntries(pairs) },
    }
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: repository, env, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })
    git('init', '--quiet')
    git('commit', '--quiet', '--allow-empty', '--message', 'x')
    return git('log', '-1', '--format=%G?').trim() === 'G'
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

/** Every path below a folder, relative to it. Follows no link. */
export function pathsBelow(folder: string, within = ''): string[] {
  return readdirSync(join(folder, within)).flatMap((name) => {
    const path = join(within, name)
    return lstatSync(join(folder, path)).isDirectory() ? [path, ...pathsBelow(folder, path)] : [path]
  })
}
