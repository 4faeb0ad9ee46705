import { appendFileSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { defineHook } from '@agentvm/sdk'

/** When an agent has ended: adds a line to ~/.local/state/template-name/exits.jsonl. It may take 10 seconds; a throw is one warning. */
export default defineHook('agentvm:exit', ({ agent, exitCode, reason }) => {
  const folder = join(process.env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'template-name')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const line = { at: new Date().toISOString(), name: agent.name, exit_code: exitCode, reason }
  appendFileSync(join(folder, 'exits.jsonl'), `${JSON.stringify(line)}\n`, { mode: 0o600 })
})
