import type { SandboxBackend } from '@agentvm/sdk'
import type { Context } from '../context.ts'
import { hasHeld, selfTest } from '../spawn/self-test.ts'
import type { CheckResult } from './check.ts'
import { installCommand, runInstall } from './install.ts'

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
      message: `no sandbox works here: agents ${hasHeld(context) ? "don't start" : 'would run with all your rights'}`,
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
