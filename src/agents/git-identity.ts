import { join } from 'node:path'
import { createFile } from './agent-home-files.ts'

/** Where git looks for a user's settings, relative to the home. */
const FILE = '.gitconfig'

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
