import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { defineSandbox, type ProbeResult, type SandboxPolicy, type WrappedCommand } from '@agentvm/sdk'
import { seatbeltProfile } from './profile.ts'

const run = promisify(execFile)
const SANDBOX_EXEC = '/usr/bin/sandbox-exec'
const PROFILE_FD = 3
const PROFILE_FILE = 'seatbelt.sb'

/** What to run for a policy. Pure. Throws an `Error` on what Seatbelt can't enforce. */
function wrap(policy: SandboxPolicy, command: readonly string[]): WrappedCommand {
  if (policy.network.mode === 'allowlist')
    throw new Error('Seatbelt alone can not enforce a network allow-list')
  const { text, parameters } = seatbeltProfile(policy)
  return {
    argv: [
      SANDBOX_EXEC,
      ...parameters.flatMap(([name, path]) => ['-D', `${name}=${path}`]),
      ...['-f', `/dev/fd/${PROFILE_FD}`, ...command],
    ],
    env: { ...policy.env, TMPDIR: policy.env.TMPDIR ?? policy.home.source },
    files: [{ name: PROFILE_FILE, content: text }],
    fds: [{ fd: PROFILE_FD, file: PROFILE_FILE }],
    ignoreSignals: [],
  }
}

async function probe(): Promise<ProbeResult> {
  if (process.platform !== 'darwin') return { ok: false, reason: 'Seatbelt works on macOS only' }
  try {
    await run(SANDBOX_EXEC, ['-p', '(version 1)(allow default)', '/usr/bin/true'], { timeout: 10_000 })
    return { ok: true, version: 'Seatbelt' }
  } catch (error) {
    return { ok: false, reason: `sandbox-exec can't start a program: ${String(error).split('\n')[0]}` }
  }
}

/** Seatbelt by `sandbox-exec`. It has been written and checked without a Mac: see README.md beside this package. */
export default defineSandbox({
  id: 'macos',
  label: 'Seatbelt',
  platforms: ['darwin'],
  rank: 100,
  capabilities: {
    isolates: true,
    relocatesPaths: false,
    network: ['host', 'none'],
    limits: [],
    processes: 'best-effort',
    relocatable: false,
  },
  probe,
  wrap,
})
