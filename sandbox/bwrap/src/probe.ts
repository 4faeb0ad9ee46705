import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { ProbeResult } from '@agentvm/sdk'
import type { HostFacts } from './host-facts.ts'

const run = promisify(execFile)

/** A sandbox that takes what every policy takes: own user and processes, no nested namespaces, signals restored. */
const SMALLEST = [
  ...['--unshare-user', '--unshare-pid', '--disable-userns', '--die-with-parent', '--ro-bind', '/', '/'],
  ...['--proc', '/proc', '--', '/usr/bin/env', '--default-signal=INT', 'true'],
]

const INSTALL = 'sudo apt install bubblewrap   (or: dnf, pacman, zypper, apk)'

/** Kernel switches that forbid what bubblewrap needs: the file, the value that forbids, and the command that allows. */
const SWITCHES = [
  {
    file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    forbids: '1',
    reason: 'AppArmor forbids ordinary users to make user namespaces',
    fix: 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0   (or give bwrap an AppArmor profile with "userns,")',
  },
  {
    file: '/proc/sys/kernel/unprivileged_userns_clone',
    forbids: '0',
    reason: 'the kernel forbids ordinary users to make user namespaces',
    fix: 'sudo sysctl -w kernel.unprivileged_userns_clone=1',
  },
  {
    file: '/proc/sys/user/max_user_namespaces',
    forbids: '0',
    reason: 'the kernel allows no user namespaces',
    fix: 'sudo sysctl -w user.max_user_namespaces=15000',
  },
]

/** Whether bubblewrap works here: really starts the smallest sandbox. */
export async function probe(facts: HostFacts): Promise<ProbeResult> {
  if (process.platform !== 'linux') return { ok: false, reason: 'bubblewrap works on Linux only' }
  if (!facts.bwrap) return { ok: false, reason: 'bubblewrap is not installed', fix: INSTALL }
  try {
    const [version] = await Promise.all([
      run(facts.bwrap, ['--version'], { env: {}, timeout: 10_000 }),
      run(facts.bwrap, SMALLEST, { env: {}, timeout: 10_000 }),
    ])
    return { ok: true, version: version.stdout.trim() }
  } catch (error) {
    return explain(String((error as { stderr?: string }).stderr || error).trim())
  }
}

function explain(stderr: string): ProbeResult {
  if (/Unknown option/i.test(stderr)) {
    return { ok: false, reason: 'bubblewrap is older than 0.8', fix: 'install bubblewrap 0.8 or newer' }
  }
  if (/env:|unrecognized option/.test(stderr)) {
    return {
      ok: false,
      reason: "the system's env lacks --default-signal (GNU coreutils 8.31 or newer has it)",
      fix: 'install GNU coreutils',
    }
  }
  const forbidding = SWITCHES.find(({ file, forbids }) => read(file) === forbids)
  if (forbidding) return { ok: false, reason: forbidding.reason, fix: forbidding.fix }
  return {
    ok: false,
    reason: `bubblewrap can't make a sandbox here: ${stderr.split('\n')[0]}`,
    fix: 'in a container, allow user namespaces (for Docker: --security-opt seccomp=unconfined), or use a machine of its own',
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}
