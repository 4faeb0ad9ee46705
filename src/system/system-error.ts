import { dirname } from 'node:path'
import { ExternalCommandError, UserError } from '../errors.ts'

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

/** The same of a write by a descriptor: such an error doesn't say which file it was. */
const MEANINGS_WITHOUT_PLACE: Record<string, [what: string, fix: string]> = {
  ENOSPC: ['a disk is full', "'df -h' shows which one: free some space on it, then try again"],
  EDQUOT: ['your disk quota is used up', "'quota' shows on which disk: free some of your space there"],
  EIO: ['the disk reports an error', "look into the system's log: the disk may be failing"],
}

/** The same of a program that could not be started. */
const MEANINGS_OF_START: Record<string, [what: string, fix: string]> = {
  EMFILE: ['too many open files', "raise the limit: 'ulimit -n 4096'"],
  ENFILE: ['the machine has too many open files', 'end some programs, then try again'],
  EAGAIN: ['no more processes may be started', "end some programs, or raise the limit: 'ulimit -u'"],
  ENOMEM: ['there is not enough memory to start it', 'end some programs, then try again'],
}

const WRITES = /^(?:write|fsync|fdatasync|close|ftruncate|fchmod|fchown|futime)$/

/** A file that isn't there is its folder's matter. */
function whoseIs(path: string): string {
  return `ls -ld '${dirname(path)}' '${path}' shows whose it is`
}

/** What went wrong, and what mends it if anybody can say: of a failed system call, of an error of ours, or of another. */
export function inWords(error: Error): { what: string; fix: string | undefined } {
  const { what = error.message, fix } = systemError(error) ?? (error as Partial<UserError>)
  return { what, fix }
}

/** A failed system call on a file in words that say what to do, or undefined if the error is another one. */
export function systemError(error: Error): UserError | undefined {
  // A program that failed before it began: its error has the system's as the cause.
  const failed = error instanceof ExternalCommandError && isOfStart(error.cause) ? error.cause : error
  const { code = '', path, dest, syscall = '' } = failed as NodeJS.ErrnoException & { dest?: string }
  const place = dest ?? path
  const [what, fix] = meaningOf(code, place, syscall) ?? []
  if (what === undefined) return undefined
  return new UserError(`${place ?? 'a file could not be written'}: ${what}`, { fix, cause: error })
}

function meaningOf(code: string, place: unknown, syscall: string): [what: string, fix: string] | undefined {
  if (syscall.startsWith('spawn') && MEANINGS_OF_START[code]) return MEANINGS_OF_START[code]
  if (typeof place === 'string') return MEANINGS[code]?.(place)
  return WRITES.test(syscall) ? MEANINGS_WITHOUT_PLACE[code] : undefined
}

const isOfStart = (cause: unknown) =>
  cause instanceof Error && (cause as NodeJS.ErrnoException).syscall?.startsWith('spawn') === true
