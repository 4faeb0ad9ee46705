import { readlinkSync, realpathSync, statSync } from 'node:fs'
import type { Mount, PolicySymlink, SandboxPolicy } from '@agentvm/sdk'

/** Folders of programs and libraries. On merged-/usr systems most are links into /usr. */
const LINUX_ROOTS = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/nix/store',
  '/gnu/store',
]

/** The parts of /etc that programs need and that hold no secret. `/etc/ssl` and `/etc/pki` as a whole hold private keys. */
const LINUX_ETC = [
  ...['alternatives', 'bash.bashrc', 'ca-certificates', 'ca-certificates.conf', 'crypto-policies', 'fonts'],
  ...['gai.conf', 'host.conf', 'hosts', 'inputrc', 'java', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d'],
  ...['locale.alias', 'locale.conf', 'localtime', 'magic', 'mime.types', 'nsswitch.conf', 'os-release'],
  ...['pki/ca-trust', 'pki/tls/certs', 'pki/tls/cert.pem', 'protocols', 'python3', 'resolv.conf', 'services'],
  ...['shells', 'ssl/cert.pem', 'ssl/certs', 'ssl/openssl.cnf', 'terminfo', 'timezone', 'xdg'],
].map((name) => `/etc/${name}`)

/** What a Mac's programs read. Seatbelt allows the paths in place. */
const MACOS_ROOTS = [
  ...['/usr', '/bin', '/sbin', '/System', '/Library', '/private/etc', '/private/var/db/timezone'],
  ...['/private/var/select', '/opt/homebrew', '/Applications/Xcode.app'],
]

/** Milliseconds for which a look at the system's folders is good: agents that are started together share it. */
const LOOK_IS_GOOD_MS = 2_000
let lastLook: { at: number; key: string; system: SandboxPolicy['system'] } | undefined

/** The system's own programs, libraries and settings as this machine has them. */
export function systemPaths(platform: NodeJS.Platform, user: SandboxPolicy['user']): SandboxPolicy['system'] {
  const key = JSON.stringify([platform, user])
  if (lastLook?.key !== key || performance.now() - lastLook.at > LOOK_IS_GOOD_MS) {
    lastLook = { at: performance.now(), key, system: lookAtSystem(platform, user) }
  }
  return structuredClone(lastLook.system)
}

function lookAtSystem(platform: NodeJS.Platform, user: SandboxPolicy['user']): SandboxPolicy['system'] {
  if (platform === 'darwin') {
    return { readOnly: MACOS_ROOTS.flatMap(mountOf), symlinks: [], files: [] }
  }
  const symlinks: PolicySymlink[] = []
  const readOnly: Mount[] = []
  for (const path of LINUX_ROOTS) {
    const target = linkTarget(path)
    if (target !== undefined) symlinks.push({ path, target })
    else readOnly.push(...mountOf(path))
  }
  readOnly.push(...LINUX_ETC.flatMap(mountOf))
  return { readOnly, symlinks, files: accountFiles(user) }
}

/** Folders that hold whole programs of the system: a program below one needs no mount of its own. */
export function systemRoots(platform: NodeJS.Platform): string[] {
  return platform === 'darwin' ? MACOS_ROOTS : LINUX_ROOTS
}

/** The mount of a path at its own place, its source with links resolved; none if it isn't there. */
function mountOf(path: string): Mount[] {
  try {
    const source = realpathSync(path)
    const stats = statSync(source)
    return stats.isDirectory() || stats.isFile() ? [{ source, target: path }] : []
  } catch {
    return []
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

/** `passwd` and `group` with root, nobody and the agent: no name of the host's users. */
function accountFiles({ uid, gid, name }: SandboxPolicy['user']): SandboxPolicy['system']['files'] {
  return [
    {
      path: '/etc/passwd',
      content: `root:x:0:0:root:/root:/usr/sbin/nologin\n${name}:x:${uid}:${gid}:${name}:/home/${name}:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n`,
    },
    { path: '/etc/group', content: `root:x:0:\n${name}:x:${gid}:\nnogroup:x:65534:\n` },
  ]
}
