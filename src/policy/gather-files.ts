import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Mount, SandboxPolicy } from '@agentvm/sdk'
import { errorCode, makePrivateDir } from '../system/files.ts'
import { bootId } from '../system/processes.ts'
import { removeTree } from '../system/remove-tree.ts'
import { makeScratch, removeDeadScratch } from '../system/scratch.ts'

type System = SandboxPolicy['system']

/** Where an agent finds the copies. */
const INSIDE = '/etc/.agentvm'
/** What is changed in place while agents run, and what programs look at as a link: those stay mounts, unless a link leads to them. */
const STAY = ['/etc/hosts', '/etc/resolv.conf', '/etc/localtime']
const LARGEST_BYTES = 1024 ** 2
/** The link to the copies that are as the machine is now. */
const CURRENT = 'current'
const SCRATCH = 'new'

/**
 * The same view of the system by fewer mounts, each of which costs a start a sixth of a millisecond: settings files are links
 * to copies in one folder, or to where they lie in a folder that is shown in any case. `folder` keeps the copies; what is
 * `taken`, paths inside that other mounts lie at, stays as it is.
 */
export function gatherFiles(system: System, folder: string, taken: readonly string[]): System {
  const loose = system.readOnly.filter(
    ({ target }) => target.startsWith('/etc/') && !taken.some((path) => covers(path, target)),
  )
  const links = loose.filter(({ source, target }) => source !== target && isShown(system, source))
  const copied = loose.filter((mount) => !links.includes(mount) && isSmallFile(mount))
  const gone = new Set([...links, ...copied])
  return {
    ...system,
    readOnly: [
      ...system.readOnly.filter((mount) => !gone.has(mount)),
      ...(copied.length > 0 ? [{ source: keepCopies(folder, copied), target: INSIDE }] : []),
    ],
    symlinks: [
      ...system.symlinks,
      ...links.map(({ source, target }) => ({ path: target, target: source })),
      ...copied.map(({ target }) => ({ path: target, target: insideOf(target) })),
    ],
  }
}

/** Removes what a process that has died left of copies. */
export function sweepCopies(folder: string): void {
  removeDeadScratch(folder, [SCRATCH])
}

const insideOf = (path: string) => INSIDE + path.slice('/etc'.length)

function isShown({ readOnly }: System, path: string): boolean {
  return readOnly.some(({ source, target }) => source === target && covers(target, path))
}

function isSmallFile({ source, target }: Mount): boolean {
  if (STAY.includes(target)) return false
  const stats = statSync(source, { throwIfNoEntry: false })
  return stats?.isFile() === true && stats.size <= LARGEST_BYTES
}

/** Makes the copies unless they are there. Returns the link to them, which is the same for every state of the machine. */
function keepCopies(folder: string, files: readonly Mount[]): string {
  const boot = bootId().slice(0, 8)
  const name = `${boot}-${stateOf(files)}`
  const current = join(folder, CURRENT)
  if (linkAt(current) === name && existsSync(join(folder, name))) return current
  makePrivateDir(dirname(folder))
  makePrivateDir(folder)
  sweepCopies(folder)
  makeCopies(folder, name, files)
  const link = makeScratch(folder, SCRATCH)
  symlinkSync(name, join(link, CURRENT))
  renameSync(join(link, CURRENT), current)
  removeTree(link)
  // Agents of this boot may still look at older ones.
  for (const entry of readdirSync(folder))
    if (entry !== CURRENT && !entry.startsWith(`${boot}-`) && !entry.startsWith(`${SCRATCH}-`))
      removeTree(join(folder, entry))
  return current
}

function makeCopies(folder: string, name: string, files: readonly Mount[]): void {
  if (existsSync(join(folder, name))) return
  const scratch = makeScratch(folder, SCRATCH)
  try {
    for (const { source, target } of files) {
      const copy = join(scratch, target.slice('/etc/'.length))
      mkdirSync(dirname(copy), { recursive: true, mode: 0o700 })
      copyFileSync(source, copy)
      chmodSync(copy, 0o600)
    }
    renameSync(scratch, join(folder, name))
  } catch (error) {
    removeTree(scratch)
    // Somebody else was quicker.
    if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error
  }
}

/** Changes whenever one of the files does. */
function stateOf(files: readonly Mount[]): string {
  const states = files.map(({ source, target }) => {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(source, { bigint: true })
    return [source, target, ...[dev, ino, size, mtimeNs, ctimeNs].map(String)]
  })
  return createHash('sha256').update(JSON.stringify(states)).digest('hex').slice(0, 16)
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

function covers(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder.replace(/\/$/, '')}/`)
}
