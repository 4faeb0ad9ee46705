import { execFileSync } from 'node:child_process'

/** Runs the host's git, as the user whose repository it is, and returns what it printed. */
export function git(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=user', '-c', 'user.email=user@example.org']
  return execFileSync('git', ['-C', folder, ...identity, '-c', 'init.defaultBranch=main', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()
}
