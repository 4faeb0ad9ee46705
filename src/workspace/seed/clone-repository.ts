import { ExternalCommandError, UserError } from '../../errors.ts'
import { nearest } from '../../system/nearest.ts'
import { plainGit, userGit } from '../git.ts'
import type { SeedReport } from './copy-folder.ts'
import { stripUserInfo } from './credentials.ts'

/** What to clone. */
export interface CloneSource {
  /** Address or path, as given; may hold credentials. */
  url: string
  /** Branch, tag or commit; undefined for the default branch. */
  ref: string | undefined
}

/** How to clone. */
export interface CloneOptions {
  /** Is given what git says of its progress. */
  onProgress?: (text: string) => void
  /** Ends it. */
  signal: AbortSignal
  /** Whether git may ask for a password on the terminal. */
  mayAsk: boolean
  /** Marks the processes as the agent's, so that they are ended with it. */
  env: Record<string, string>
}

const LOOKS_LIKE_COMMIT = /^[0-9a-f]{4,64}$/i

/**
 * Clones a repository into an empty folder. git runs on the host, with the user's own access to the server, but
 * executes nothing that comes from there: no hooks, no filters (LFS), no submodules. Throws a {@link UserError}.
 */
export async function cloneRepository(
  { url, ref: asked }: CloneSource,
  target: string,
  options: CloneOptions,
): Promise<SeedReport> {
  const clean = stripUserInfo(url)
  const ref = asked?.replace(/^refs\/(?:heads|tags)\//, '')
  const remote = new Remote(url, clean, options)
  const branch = ref !== undefined && !LOOKS_LIKE_COMMIT.test(ref) ? ref : undefined
  try {
    await remote.git([
      ...['clone', '--no-checkout', '--no-local', '--template=', '--origin', 'origin'],
      ...['--no-recurse-submodules', '--progress'],
      ...(branch === undefined ? [] : ['--branch', branch]),
      ...['--', clean, target],
    ])
  } catch (error) {
    throw await explain(error, remote, { url: clean, ref: branch })
  }
  await checkOut(target, branch === undefined ? ref : undefined, remote)
  return {
    notes: clean === url ? [] : [`the credentials in the address of ${clean} aren't kept in the workspace`],
  }
}

/** git against one address, whose credentials stay out of command lines, configuration and messages. */
class Remote {
  private readonly url: string
  private readonly clean: string
  private readonly options: CloneOptions

  constructor(url: string, clean: string, options: CloneOptions) {
    this.url = url
    this.clean = clean
    this.options = options
  }

  get address(): string {
    return this.clean
  }

  async git(args: readonly string[], cwd?: string) {
    const { signal, mayAsk, onProgress, env } = this.options
    return userGit(args, {
      signal,
      ...(cwd === undefined ? {} : { cwd }),
      ownSession: !mayAsk,
      ...(onProgress && { onStderr: (text) => onProgress(lastLine(text)) }),
      env: {
        ...env,
        ...(mayAsk ? {} : { GIT_TERMINAL_PROMPT: '0' }),
        ...httpCredentials(this.url),
      },
    })
  }
}

/** The helper by which git gets the credentials of an address: their place in it would be a command line of git's own. */
const HELPER = `!f() { printf 'username=%s\\npassword=%s\\n' "$AGENTVM_GIT_USER" "$AGENTVM_GIT_PASSWORD"; }; f`

/** What makes git use the credentials of an HTTP address, and no others, for its host. */
function httpCredentials(address: string): Record<string, string> {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return {}
  const { origin, username, password } = new URL(address)
  if (username === '' && password === '') return {}
  const given = Number(process.env.GIT_CONFIG_COUNT) || 0
  const settings = ['', HELPER].flatMap((helper, index) => [
    [`GIT_CONFIG_KEY_${given + index}`, `credential.${origin}.helper`],
    [`GIT_CONFIG_VALUE_${given + index}`, helper],
  ])
  return {
    ...Object.fromEntries(settings),
    GIT_CONFIG_COUNT: String(given + 2),
    AGENTVM_GIT_USER: decoded(username),
    AGENTVM_GIT_PASSWORD: decoded(password),
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Puts the files there, by a git that knows no settings but those that the clone has just made. */
async function checkOut(target: string, ref: string | undefined, remote: Remote): Promise<void> {
  const local = (args: readonly string[], ok = [0]) => plainGit(['-C', target, ...args], { ok })
  const find = async (name: string) => {
    const { stdout, exitCode } = await local(
      ['rev-parse', '--verify', '--quiet', `${name}^{commit}`],
      [0, 1, 128],
    )
    return exitCode === 0 ? stdout.trim() : undefined
  }
  if (ref === undefined) {
    if (await find('HEAD')) await local(['checkout', '--quiet', '--force', 'HEAD', '--'])
    return
  }
  if (await find(`refs/remotes/origin/${ref}`)) {
    await local(['checkout', '--quiet', '--force', '-B', ref, '--track', `refs/remotes/origin/${ref}`])
    return
  }
  // A commit that no branch holds, such as that of a pull request, has to be asked for.
  const commit =
    (await find(`refs/tags/${ref}`)) ??
    (await find(ref)) ??
    (await remote.git(['-C', target, 'fetch', '--quiet', 'origin', ref]).then(
      () => find('FETCH_HEAD'),
      () => undefined,
    ))
  if (commit === undefined) throw await unknownRef(remote, ref)
  await local(['checkout', '--quiet', '--force', '--detach', commit, '--'])
}

async function explain(
  error: unknown,
  remote: Remote,
  { url, ref }: { url: string; ref: string | undefined },
): Promise<unknown> {
  if (!(error instanceof ExternalCommandError)) return error
  const said = stripUserInfo(error.stderr)
  if (ref !== undefined && /Remote branch .* not found/.test(said)) return unknownRef(remote, ref)
  const reason = /^(?:fatal|error|ssh|remote): (.*)$/gm.exec(said)?.[0] ?? lastLine(said)
  return new UserError(`${url} can't be cloned: ${reason}`, {
    fix: /terminal prompts disabled|could not read (?:Username|Password)|Permission denied/.test(said)
      ? "set up git's access to it (a credential helper, or an SSH key), then try again"
      : 'check the address: git ls-remote must be able to read it',
    cause: error,
  })
}

async function unknownRef(remote: Remote, ref: string): Promise<UserError> {
  const names = await remote.git(['ls-remote', '--heads', '--tags', '--', remote.address]).then(
    ({ stdout }) =>
      [...stdout.matchAll(/\trefs\/(?:heads|tags)\/(.*?)(?:\^\{\})?$/gm)].map(([, name]) => name ?? ''),
    () => [],
  )
  const suggestion = nearest(ref, names)
  const listed = [...new Set(names)].slice(0, 5).join(', ')
  return new UserError(`${remote.address} has no branch, tag or commit '${ref}'`, {
    fix: suggestion ? `did you mean '${suggestion}'?` : `it has: ${listed || 'none'}`,
    exitCode: 2,
  })
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split(/[\r\n]+/)
      .at(-1) ?? ''
  )
}
