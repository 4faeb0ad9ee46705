import { mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { SandboxPolicy } from '@agentvm/sdk'
import { covers, mounts } from './mounts.ts'
import { seccompProfile } from './seccomp.ts'

/** Names below the folder that the core gives each agent. */
export const PREPARED = { root: 'root', seccomp: 'seccomp.json' } as const

const PLACES = ['/dev', '/proc', '/sys', '/tmp', '/var', '/run', '/etc']

/**
 * Makes the container's root: the links and made-up files of the policy, and an empty place for each mount. There is no
 * image: all programs are the machine's own, bound read-only. Throws an `Error` on a link that only a mount could hold.
 */
export async function prepare(policy: SandboxPolicy, folder: string): Promise<void> {
  const root = join(folder, PREPARED.root)
  await rm(root, { recursive: true, force: true })
  const place = async (path: string) => {
    await mkdir(join(root, dirname(path)), { recursive: true })
    return join(root, path)
  }
  const all = mounts(policy)
  for (const path of PLACES) await mkdir(join(root, path), { recursive: true, mode: 0o755 })
  await symlink('../tmp', join(root, 'var/tmp'))
  for (const { path, target } of policy.system.symlinks) await symlink(target, await place(path))
  for (const { source, target } of all) {
    if (all.some((other) => other.target !== target && covers(other.target, target))) continue
    const spot = await place(target)
    // The folders of sockets are made later, with what serves them.
    if (policy.sockets.some((one) => one.target === target) || (await stat(source)).isDirectory())
      await mkdir(spot, { recursive: true })
    else await writeFile(spot, '')
  }
  for (const { path, content } of policy.system.files) await writeFile(await place(path), content)
  for (const { path, target } of policy.symlinks) {
    if (all.some((mount) => covers(mount.target, path))) {
      throw new Error(`podman can't make the link ${path}: a mount lies over it`)
    }
    await symlink(target, await place(path))
  }
  await writeFile(join(folder, PREPARED.seccomp), JSON.stringify(seccompProfile(process.arch)))
}
