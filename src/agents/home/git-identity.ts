import { join } from 'node:path'
import { writeFileAtomic } from '../../system/files.ts'
import { createFile, readRegularFile } from './agent-home-files.ts'

/** Where git looks for a user's settings, relative to the home. */
const FILE = '.gitconfig'
const LARGEST_BYTES = 1024 * 1024
/** No line of ours is longer, and the search takes time by the square of it. */
const LONGEST_LINE = 300

/** Who an agent is in the commits that it makes. */
interface GitIdentity {
  name: string
  email: string
}

function identityOf(name: string): GitIdentity {
  return { name, email: `${name}@agentvm.local` }
}

/**
 * Gives an agent's home the git settings by which its commits carry its name, unless it has some already: those are
 * the agent's own. `workspace` is the path inside, where git could take the files for somebody else's: it is trusted.
 */
export function writeGitIdentity(home: string, agent: string, workspace: string | undefined): void {
  const { name, email } = identityOf(agent)
  const user = `[user]\n\tname = ${name}\n\temail = ${email}\n`
  const safe = workspace === undefined ? '' : `[safe]\n\tdirectory = ${workspace}\n`
  createFile(join(home, FILE), { content: Buffer.from(user + safe), mode: 0o600 })
}

/** Makes an agent's commits carry a new name, where they carry the old one; what somebody else has set stays. */
export function renameGitIdentity(home: string, from: string, to: string): void {
  const path = join(home, FILE)
  const file = readRegularFile(path, LARGEST_BYTES)
  if (file === undefined || typeof file === 'string') return
  // By bytes: what isn't UTF-8 must survive.
  const text = file.content.toString('latin1')
  const renamed = replaceIdentity(text, identityOf(from), identityOf(to))
  if (renamed !== text) writeFileAtomic(path, Buffer.from(renamed, 'latin1'), { mode: file.mode })
}

function replaceIdentity(text: string, from: GitIdentity, to: GitIdentity): string {
  let inUser = false
  return text
    .split('\n')
    .map((line) => {
      if (line.length > LONGEST_LINE) return line
      const header = /^\s*\[([^\]]*)\]/.exec(line)?.[1]
      if (header !== undefined) inUser = header.trim().toLowerCase() === 'user'
      const [, before, key, equals, value] = /^(\s*)(name|email)(\s*=\s*)"?([^"\s]*)"?\s*$/i.exec(line) ?? []
      const field = key?.toLowerCase() as keyof GitIdentity | undefined
      return inUser && field && value === from[field] ? `${before}${key}${equals}${to[field]}` : line
    })
    .join('\n')
}
