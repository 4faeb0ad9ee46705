import { join } from 'node:path'
import type { WrappedCommand } from '../sandbox.ts'

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
