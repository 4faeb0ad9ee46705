import { exec } from '../../system/exec.ts'
import { warn as warnOnStandardError } from '../../terminal/standard-error.ts'

/**
 * Makes the completion scripts anew, after plugins have come or gone. By another agentvm: this one has read its plugins
 * before the change. A failure is said, and changes nothing of what was done.
 */
export async function refreshCompletion(warn = warnOnStandardError): Promise<void> {
  const [node, entry = ''] = process.argv
  const { NODE_V8_COVERAGE: _, ...rest } = process.env
  const env = Object.entries(rest).filter((pair): pair is [string, string] => pair[1] !== undefined)
  try {
    await exec([node ?? process.execPath, entry, 'autocomplete', 'create'], { env: Object.fromEntries(env) })
  } catch (error) {
    warn(`the completion scripts are not made anew: ${(error as Error).message.split('\n')[0]}`)
  }
}
