import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SandboxBackend } from '@agentvm/sdk'
import { makePrivateDir } from '../../system/files.ts'
import type { Context } from '../context.ts'
import { sandboxedOutput } from '../sandboxed-output.ts'
import type { CheckResult } from './check.ts'
import { installCommand, runInstall } from './install.ts'

/** Tries from inside what must fail: prints one word for each thing that was possible. `$1` is a secret file of the host. */
const SELF_TEST = `cat "$1" >/dev/null 2>&1 && echo reads-host-files
(echo x >"$1.new") 2>/dev/null && echo writes-outside
(echo x >/usr/agentvm-probe) 2>/dev/null && rm -f /usr/agentvm-probe && echo writes-system
[ -e "/proc/$2" ] && echo sees-host-processes
grep -q '^CapEff:.*[1-9a-f]' /proc/self/status 2>/dev/null && echo has-capabilities
env | grep -q AGENTVM_DOCTOR_SECRET && echo sees-host-environment
echo done`

/** Checks each sandbox backend of this system: whether it works, and whether it holds in a short test from inside. */
export async function checkSandboxes(context: Context): Promise<CheckResult[]> {
  const backends = (await context.extensions.sandboxes()).filter(({ platforms }) =>
    platforms.includes(process.platform),
  )
  const results = await Promise.all(
    backends
      .filter(({ capabilities }) => capabilities.isolates)
      .map((backend) => checkBackend(context, backend)),
  )
  if (results.some(({ status }) => status === 'ok')) return results
  return [
    ...results,
    {
      name: 'sandbox',
      status: 'problem',
      message: 'no sandbox works here: agents would run with all your rights',
      ...(results.some(({ fix }) => fix) ? {} : { fix: 'agentvm plugins install a sandbox backend' }),
    },
  ]
}

async function checkBackend(context: Context, backend: SandboxBackend): Promise<CheckResult> {
  const name = `sandbox ${backend.id}`
  const probe = await backend.probe()
  if (!probe.ok) {
    const isAbsent = /not installed/.test(probe.reason)
    const install = isAbsent ? installCommand([backend.label]) : undefined
    return {
      name,
      status: 'problem',
      message: probe.reason,
      ...(install || probe.fix ? { fix: install?.join(' ') ?? probe.fix ?? '' } : {}),
      ...(install ? { repair: () => runInstall(install), installs: true } : {}),
    }
  }
  const holes = await selfTest(context, backend)
  return holes.length === 0
    ? { name, status: 'ok', message: `${probe.version ?? backend.label}: works, and held in a self-test` }
    : {
        name,
        status: 'problem',
        message: `it does not hold: ${holes.join(', ')}`,
        fix: 'update it, and tell us',
      }
}

async function selfTest(context: Context, backend: SandboxBackend): Promise<string[]> {
  makePrivateDir(context.home.root)
  const folder = mkdtempSync(join(context.home.root, '.doctor-'))
  try {
    const secret = join(folder, 'secret')
    writeFileSync(secret, 'x', { mode: 0o600 })
    const { stdout, stderr } = await sandboxedOutput(context, backend, undefined, [
      ...['/bin/sh', '-c', SELF_TEST, 'sh', secret, String(process.pid)],
    ])
    const words = stdout.trim().split('\n')
    if (words.at(-1) !== 'done') return [`the self-test didn't run: ${stderr.trim().split('\n')[0]}`]
    return words.slice(0, -1)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
