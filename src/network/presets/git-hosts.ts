import type { AllowedHost } from '@agentvm/sdk'
import { parseHostName } from '../host-name.ts'
import { registryHost } from './registry-url.ts'

/** Forges that most repositories lie on. */
const FORGES = ['github.com', 'gitlab.com', 'bitbucket.org', 'codeberg.org']

/** The well-known forges, and the hosts of a repository's remotes. */
export function gitHosts(remotes: readonly string[]): AllowedHost[] {
  return [
    ...FORGES.map((host) => ({ host, port: 443 })),
    ...remotes.flatMap((remote) => remoteHost(remote) ?? []),
  ]
}

/** Where a remote lies: `https://host/…`, `ssh://user@host/…`, `user@host:path`. Undefined for a path, or an address. */
function remoteHost(remote: string): AllowedHost | undefined {
  const byUrl = registryHost(remote)
  if (byUrl) return byUrl
  const ssh = /^ssh:\/\/(?:[^@/]+@)?([^:/]+)(?::(\d+))?\//.exec(remote)
  const short = /^(?:[^@/:]+@)?([^:/]+):(?!\/\/)/.exec(remote)
  const host = parseHostName(ssh?.[1] ?? short?.[1] ?? '')
  // Without a dot it is an alias of the user's ssh configuration, or a drive.
  return host === undefined || !host.includes('.') ? undefined : { host, port: Number(ssh?.[2] ?? 22) }
}
