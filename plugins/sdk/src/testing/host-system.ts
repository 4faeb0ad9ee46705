import { lstatSync, readlinkSync, realpathSync } from 'node:fs'
import type { Mount, PolicySymlink, SandboxPolicy } from '../policy.ts'

const ROOTS = ['/usr', '/bin', '/sbin', '/lib', '/lib64']
const ETC = [
  ...['ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'nsswitch.conf', 'hosts', 'resolv.conf', 'ssl/certs'],
  ...['ca-certificates', 'alternatives', 'localtime', 'terminfo'],
].map((name) => `/etc/${name}`)

/** This machine's programs, libraries and settings, for a policy of a test. */
export function hostSystem(): SandboxPolicy['system'] {
  const symlinks: PolicySymlink[] = []
  const readOnly: Mount[] = []
  for (const path of ROOTS) {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats?.isSymbolicLink()) symlinks.push({ path, target: readlinkSync(path) })
    else if (stats) readOnly.push({ source: path, target: path })
  }
  for (const path of ETC) {
    try {
      readOnly.push({ source: realpathSync(path), target: path })
    } catch {}
  }
  return {
    readOnly,
    symlinks,
    files: [
      { path: '/etc/passwd', content: 'agent:x:1000:1000:agent:/home/agent:/bin/sh\n' },
      { path: '/etc/group', content: 'agent:x:1000:\n' },
    ],
  }
}
