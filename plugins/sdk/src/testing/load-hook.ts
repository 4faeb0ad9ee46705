import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'

const PATIENCE_MS = 10_000

/** Loads a module and reports by descriptor 3, so that what the module prints is its own. */
const SCRIPT = `
import { writeSync } from 'node:fs'
const before = process.cpuUsage()
const module = await import(process.argv[1])
const { user, system } = process.cpuUsage(before)
writeSync(3, JSON.stringify({ ms: (user + system) / 1000, type: typeof module.default }))
`

/** What loading a hook's module came to. */
export interface LoadedHook {
  /** CPU time that it took, milliseconds. */
  ms: number
  /** What it printed, both streams together. */
  printed: string
}

/**
 * Loads a hook's module in a process of its own. Throws an `Error` if it doesn't load, has no function as its default
 * export, or keeps the process alive.
 */
export function loadHook(path: string): LoadedHook {
  const url = pathToFileURL(path).href
  const { output, signal, error } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', SCRIPT, url],
    {
      ...{ encoding: 'utf8', timeout: PATIENCE_MS, killSignal: 'SIGKILL' },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  )
  const [, stdout = '', stderr = '', report] = output ?? []
  if (!report) {
    const why = signal || error ? 'it does not come to an end' : (stderr ?? '').trim()
    throw new Error(`${path} can't be loaded: ${why}`)
  }
  if (signal) throw new Error(`${path} keeps the process alive: it leaves a timer or a socket open`)
  const { ms, type } = JSON.parse(report) as { ms: number; type: string }
  if (type !== 'function') throw new Error(`${path} has no function as its default export`)
  return { ms, printed: `${stdout}${stderr}` }
}
