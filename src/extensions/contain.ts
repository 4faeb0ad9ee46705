import { realpathSync } from 'node:fs'

/** Set on `process` once code of a plugin of the user's has been loaded: `src/start/main.ts` then ends the process itself. */
const LOADED = Symbol.for('agentvm.plugin-code')

const containers = new Map<string, { plugin: string; warn: (problem: string) => void }>()

/**
 * Keeps what a plugin does outside of the calls that it is given from ending agentvm: `process.exit`, and errors that come
 * when nobody waits for them any more. Both are told from our own by the stack.
 */
export function containPlugin(plugin: string, root: string, warn: (problem: string) => void): void {
  if (containers.size === 0) {
    Object.assign(process, { [LOADED]: true })
    containExit()
    process.on('uncaughtException', takeOver)
  }
  containers.set(`${realPath(root)}/`, { plugin, warn })
}

function containExit(): void {
  const exit = process.exit
  process.exit = (code) => {
    if (onStack(new Error('exit').stack)) throw new Error('it would end agentvm (process.exit)')
    return exit(code)
  }
}

function takeOver(error: unknown): void {
  const found = onStack((error as Error | null)?.stack)
  if (found) {
    found.warn(`fails in the background: ${thrownText(error)}`)
    return
  }
  // As if this listener weren't there.
  process.off('uncaughtException', takeOver)
  setImmediate(() => {
    throw error
  })
}

function onStack(stack: unknown): { warn: (problem: string) => void } | undefined {
  if (typeof stack !== 'string') return undefined
  return [...containers].find(([root]) => stack.includes(root))?.[1]
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** What was thrown, as one line of bounded length. */
export function thrownText(thrown: unknown): string {
  try {
    const text = thrown instanceof Error ? thrown.message : String(thrown)
    return text.split('\n')[0]?.slice(0, 300) || 'an error without a message'
  } catch {
    return 'something that is no error'
  }
}
