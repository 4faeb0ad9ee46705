import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'

/** Where the function of {@link callForeign} is found by its script. */
const CALL = Symbol.for('agentvm.foreign-call')

/** This one warns of each ES module that is required. */
const REQUIRES_QUIETLY = !process.versions.node.startsWith('22.12.')

/**
 * Loads a module of a plugin, from its path in the package's folder. Throws what the module throws, and an `Error` if its
 * evaluation doesn't give back control within `ms`. Waiting for a top-level `await` is the caller's to bound.
 */
export async function loadForeign(
  root: string,
  target: string,
  ms: number,
): Promise<Record<string, unknown>> {
  const path = ['', '.js', '.mjs', '.cjs'].map((ending) => join(root, `${target}${ending}`)).find(existsSync)
  if (path === undefined) throw new Error(`its module ${target} is missing`)
  if (REQUIRES_QUIETLY) {
    try {
      return callForeign(() => createRequire(path)(path), ms)
    } catch (error) {
      if ((error as NodeJS.ErrnoException | null)?.code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error
    }
  }
  return import(pathToFileURL(path).href)
}

/**
 * Calls a function of a plugin. Throws what it throws, and an `Error` if it doesn't give back control within `ms`, also by an
 * endless loop: V8 ends what runs in a script with a timeout, from another thread. There is no other way.
 */
export function callForeign<T>(call: () => T, ms: number): T {
  const place = globalThis as { [CALL]?: () => T }
  place[CALL] = call
  try {
    return new Script("globalThis[Symbol.for('agentvm.foreign-call')]()").runInThisContext({ timeout: ms })
  } catch (error) {
    if ((error as NodeJS.ErrnoException | null)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    throw new Error(`takes longer than ${ms / 1000} seconds`, { cause: error })
  } finally {
    delete place[CALL]
  }
}
