import { ExternalCommandError, UserError } from '../errors.ts'
import { type ExecOptions, type ExecResult, exec } from '../system/exec.ts'
import { errorCode } from '../system/files.ts'

/** Variables by which a caller that is itself a git hook would send our git into its own repository. */
const OF_A_REPOSITORY =
  /^GIT_(ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|CONFIG|DIR|GRAFT_FILE|IMPLICIT_WORK_TREE|INDEX_FILE|INTERNAL_SUPER_PREFIX|NAMESPACE|NO_REPLACE_OBJECTS|OBJECT_DIRECTORY|PREFIX|REPLACE_REF_BASE|SHALLOW_FILE|TEMPLATE_DIR|WORK_TREE|TRACE.*)$/

/** In no case: hooks, an `ext::` URL's command, a file system monitor, what checks out submodules, and a cleaning up that outlives the command. */
const NEVER_EXECUTE = [
  ...['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', '-c', 'protocol.ext.allow=never'],
  ...['-c', 'submodule.recurse=false', '-c', 'advice.detachedHead=false'],
  ...['-c', 'gc.auto=0', '-c', 'maintenance.auto=false'],
]

/** Runs git with the user's own settings: how they reach their servers. Throws a {@link UserError} if git isn't installed. */
export async function userGit(
  args: readonly string[],
  options: Partial<ExecOptions> = {},
): Promise<ExecResult> {
  const own = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !OF_A_REPOSITORY.test(entry[0]),
  )
  return git([...NEVER_EXECUTE, ...args], {
    ...options,
    env: { ...Object.fromEntries(own), GIT_LFS_SKIP_SMUDGE: '1', LC_ALL: 'C.UTF-8', ...options.env },
  })
}

/** Runs git without any settings but those of the repository at hand, which must be one that we have just made. */
export async function plainGit(
  args: readonly string[],
  options: Partial<ExecOptions> = {},
): Promise<ExecResult> {
  return git([...NEVER_EXECUTE, ...args], {
    cwd: '/',
    ...options,
    env: { ...plainEnvironment(), ...options.env },
  })
}

/** The environment in which git knows no settings but those of its repository. */
export function plainEnvironment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    LC_ALL: 'C.UTF-8',
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
  }
}

async function git(
  args: readonly string[],
  options: Partial<ExecOptions> & Pick<ExecOptions, 'env'>,
): Promise<ExecResult> {
  try {
    return await exec(['git', ...args], options)
  } catch (error) {
    if (error instanceof ExternalCommandError && errorCode(error.cause) === 'ENOENT') {
      throw new UserError('git is not installed', { fix: "'agentvm doctor' shows how to install it" })
    }
    throw error
  }
}
