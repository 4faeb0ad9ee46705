import { exec } from '../../system/exec.ts'
import type { CheckResult } from './check.ts'
import { installCommand, onPath, runInstall } from './install.ts'

/** Oldest tmux that has every option we set. */
const OLDEST_TMUX = 3.2

/** Checks tmux: without it no agent has a terminal. */
export async function checkTmux(): Promise<CheckResult> {
  if (!onPath('tmux')) return absent('tmux', 'tmux is not installed: no agent can be spawned', 'problem')
  const { stdout } = await exec(['tmux', '-V'], { env: { PATH: process.env.PATH ?? '' }, timeout: 5_000 })
  const version = stdout.trim()
  const number = Number.parseFloat(/\d+\.\d+/.exec(version)?.[0] ?? '0')
  return number >= OLDEST_TMUX
    ? { name: 'tmux', status: 'ok', message: version }
    : {
        name: 'tmux',
        status: 'problem',
        message: `${version} is older than ${OLDEST_TMUX}`,
        fix: 'install a newer tmux',
      }
}

/** Checks git: `clean` needs it to tell what work would be lost, and agents do. */
export async function checkGit(): Promise<CheckResult> {
  if (!onPath('git')) return absent('git', 'git is not installed: agents and clean need it', 'warning')
  const { stdout } = await exec(['git', '--version'], {
    env: { PATH: process.env.PATH ?? '' },
    timeout: 5_000,
  })
  return { name: 'git', status: 'ok', message: stdout.trim() }
}

function absent(name: string, message: string, status: 'problem' | 'warning'): CheckResult {
  const install = installCommand([name])
  if (!install) return { name, status, message, fix: `install ${name} with your package manager` }
  return { name, status, message, fix: install.join(' '), repair: () => runInstall(install), installs: true }
}
