import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SandboxPolicy } from '../policy.ts'
import type { SandboxBackend, WrappedCommand } from '../sandbox.ts'

/**
 * Makes in `run`, a private folder, all that a start takes, and returns the script that starts it. Throws whatever the
 * backend does.
 */
export async function makeLaunch(
  backend: SandboxBackend,
  policy: SandboxPolicy,
  command: readonly string[],
  run: string,
): Promise<string> {
  const folder = join(run, 'sandbox')
  const wrapped = backend.wrap(policy, command, folder)
  mkdirSync(run, { recursive: true, mode: 0o700 })
  for (const { name, content } of wrapped.files) writeFileSync(join(run, name), content, { mode: 0o600 })
  if (backend.prepare) {
    mkdirSync(folder, { mode: 0o700 })
    await backend.prepare(policy, folder)
  }
  return launcherScript(wrapped, run, backend.capabilities.relocatesPaths ? '/' : policy.cwd)
}

/**
 * A POSIX sh script that starts a wrapped command the way agentvm's launcher does: opens what the backend wants opened,
 * ignores what it wants ignored, and becomes it. The files of `wrapped` lie in `folder`; the backend's report is
 * written to `folder/status`.
 */
export function launcherScript(wrapped: WrappedCommand, folder: string, cwd: string): string {
  const opened = wrapped.fds.flatMap(({ fd, file }) => [
    `exec ${fd}<${quote(join(folder, file))}`,
    `rm -f ${quote(join(folder, file))}`,
  ])
  const variables = Object.entries(wrapped.env).map(([name, value]) => `${name}=${value}`)
  return [
    'set -e',
    `cd ${quote(cwd)}`,
    ...opened,
    ...(wrapped.status ? [`exec ${wrapped.status.fd}>${quote(join(folder, 'status'))}`] : []),
    ...(wrapped.ignoreSignals.length > 0 ? [`trap '' ${wrapped.ignoreSignals.join(' ')}`] : []),
    `exec env -i ${[...variables, ...wrapped.argv].map(quote).join(' ')}\n`,
  ].join('\n')
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}
