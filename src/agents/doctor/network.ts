import type { Context } from '../context.ts'
import type { CheckResult } from './check.ts'
import { installCommand, runInstall } from './install.ts'

/** Checks whether agents can have an allow-list here: without what it takes, a spawn that doesn't name another network is refused. */
export async function checkNetwork(context: Context): Promise<CheckResult[]> {
  const backends = (await context.extensions.sandboxes()).filter(
    ({ platforms, capabilities }) =>
      platforms.includes(process.platform) && capabilities.network.includes('allowlist'),
  )
  return backends.map(({ id, capabilities }) => {
    const name = `network ${id}`
    const lack = capabilities.networkLacks?.find(({ mode }) => mode === 'allowlist')
    if (!lack) return { name, status: 'ok', message: 'an allow-list, by a proxy that knows each agent' }
    const install = installCommand(lack.packages)
    return {
      name,
      status: 'problem',
      message: `no allow-list: ${lack.reason}. Agents start with --net none or --net host only`,
      fix: install?.join(' ') ?? `install ${lack.packages.join(' and ')}`,
      ...(install ? { repair: () => runInstall(install), installs: true } : {}),
    }
  })
}
