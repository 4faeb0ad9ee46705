import { lstatSync, readlinkSync, realpathSync } from 'node:fs'
import type { Mount, PolicySymlink, SandboxPolicy } from '@agentvm/sdk'

const ROOTS = ['/usr', '/bin', '/sbin', '/lib', '/lib64']
const ETC = [
  ...['ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'nsswitch.conf', 'hosts', 'resolv.conf', 'ssl/certs'],
  ...['ca-certificates', 'alternatives', 'localtime', 'terminfo'],
].map((name) => `/etc/${name}`)

/** A policy as the core would make it for these host folders, with changes. */
export function testPolicy(
  host: { workspace: string; home: string },
  changes: Partial<SandboxPolicy> = {},
): SandboxPolicy {
  return {
    version: 1,
    agentId: 'abcd1234',
    hostname: 'tester',
    workspace: { source: host.workspace, target: '/workspace' },
    home: { source: host.home, target: '/home/agent' },
    cwd: '/workspace',
    system: testSystem(),
    readOnly: [],
    readWrite: [],
    symlinks: [],
    protect: [],
    env: { PATH: '/usr/bin:/bin', HOME: '/home/agent', LANG: 'C.UTF-8' },
    network: { mode: 'none' },
    limits: {},
    tty: false,
    sockets: [],
    user: { uid: 1000, gid: 1000, name: 'agent' },
    ...changes,
  }
}

/** This machine's programs, libraries and settings. */
function testSystem(): SandboxPolicy['system'] {
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
