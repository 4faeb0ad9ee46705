import type { SandboxPolicy } from '@agentvm/sdk'

/** Descriptor of bubblewrap's own arguments. */
export const ARGS_FD = 3
/** Descriptor on which bubblewrap reports the end of the command, if the sandbox could be made. */
export const STATUS_FD = 4
/** First descriptor of the made-up files, one each. */
const FIRST_FILE_FD = 5
/** Highest descriptor of a made-up file. */
const LAST_FD = 8
/** Descriptor of the system call filter: the highest that a launcher in POSIX sh can open. */
export const SECCOMP_FD = 9

/** A made-up file and the descriptor that its content comes by. */
export interface DataFile {
  fd: number
  path: string
  content: string
}

/** The made-up files of a policy with their descriptors. Throws an `Error` if there are more than descriptors. */
export function dataFiles(policy: SandboxPolicy): DataFile[] {
  const { files } = policy.system
  if (FIRST_FILE_FD + files.length - 1 > LAST_FD) {
    throw new Error(
      `bubblewrap takes at most ${LAST_FD - FIRST_FILE_FD + 1} made-up files here, not ${files.length}`,
    )
  }
  return files.map((file, index) => ({ fd: FIRST_FILE_FD + index, ...file }))
}
