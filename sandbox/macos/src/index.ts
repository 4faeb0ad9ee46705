import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { defineSandbox, type ProbeResult, type SandboxPolicy, type WrappedCommand } from '@agentvm/sdk'
import { seatbeltProfile } from './profile.ts'

const run = promisify(execFile)
const SANDBOX_EXEC = '/usr/bin/sandbox-exec'

/** What to run for a policy. Pure. Throws an `Error` on what Seatbelt can't enforce. */
function wrap(policy: SandboxPolicy, command: readonly string[]): WrappedCommand {
  if (policy.network.mode === 'allowlist')
    throw new Error('Seatbelt alone can not enforce a network allow-list')
  if (command.length === 0) throw new Error('there is no command')
  const { text, parameters } = seatbeltProfile(policy)
  const paths = parameters.flatMap(([name, path]) => ['-D', `${name}=${path}`])
  const argv: WrappedCommand['argv'] = [SANDBOX_EXEC, ...paths, '-p', text, '--', ...command]
  if (argv.some((word) => word.includes('\0'))) throw new Error('a NUL byte can not be passed to a program')
  return {
    // The text holds no secret and no path. A file of its own on a descriptor would stay open in the agent.
    argv,
    env: { ...policy.env, TMPDIR: policy.env.TMPDIR ?? policy.home.source },
    files: [],
    fds: [],
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
