import { dirname } from 'node:path'
import { UserError } from '../errors.ts'

/** What a system call that failed means, and what mends it. */
const MEANINGS: Record<string, (path: string) => [what: string, fix: string]> = {
  ENOSPC: (path) => ['the disk is full', `free some space on the disk of ${dirname(path)}, then try again`],
  EDQUOT: (path) => ['your disk quota is used up', `free some of your space on the disk of ${dirname(path)}`],
  EROFS: (path) => ['it lies on a read-only file system', `mount that of ${dirname(path)} writable`],
  EIO: () => ['the disk reports an error', "look into the system's log: the disk may be failing"],
  EACCES: (path) => ['permission denied', whoseIs(path)],
  EPERM: (path) => ['not permitted', whoseIs(path)],
  EMFILE: () => ['too many open files', "raise the limit: 'ulimit -n 4096'"],
  ENFILE: () => ['the machine has too many open files', 'end some programs, then try again'],
  ENOTDIR: () => ['a folder on the way to it is none', 'move away the file that lies there'],
  EISDIR: () => ['it is a folder', 'move it away'],
  ENAMETOOLONG: () => ['its name is too long', 'set AGENTVM_HOME to a shorter path'],
  ELOOP: () => ['its symlinks lead in a circle', 'mend the symlink'],
  EXDEV: () => ['it lies on another disk than the rest', 'move it onto the disk of AGENTVM_HOME'],
}

/** A file that isn't there is its folder's matter. */
function whoseIs(path: string): string {
  return `ls -ld '${dirname(path)}' '${path}' shows whose it is`
}

/** A failed system call on a file in words that say what to do, or undefined if the error is another one. */
export function systemError(error: Error): UserError | undefined {
  const { code, path, dest } = error as NodeJS.ErrnoException & { dest?: string }
  const place = dest ?? path
  const meaning = MEANINGS[code ?? '']
  if (!meaning || typeof place !== 'string') return undefined
  const [what, fix] = meaning(place)
  return new UserError(`${place}: ${what}`, { fix, cause: error })
}
