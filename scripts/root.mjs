import { accessSync, constants, existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Says something on stderr: stdout belongs to what runs after the setup. */
export function say(message) {
  process.stderr.write(`${message}\n`)
}

/** Whether the user may write to a folder, or could make it. */
export function writable(folder) {
  if (!existsSync(folder)) return dirname(folder) !== folder && writable(dirname(folder))
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Whether a program is in PATH, or where system programs usually are. */
export function installed(program) {
  const folders = (process.env.PATH || '').split(delimiter)
  return [...folders, '/usr/bin', '/usr/sbin', '/bin', '/sbin', '/usr/local/bin', '/opt/homebrew/bin'].some(
    (folder) => folder !== '' && existsSync(join(folder, program)),
  )
}

/** A problem of the machine that its user can mend; printed without a stack trace. */
export class SetupError extends Error {}

/** Whether a module is the script that was started. */
export function isMain(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url)
}

/** Runs a script's main function: a {@link SetupError} is printed as one message, anything else with its trace. */
export async function main(run) {
  try {
    process.exitCode = await run()
  } catch (error) {
    say(error instanceof SetupError ? `agentvm: ${error.message}` : error.stack)
    process.exitCode = 1
  }
}
