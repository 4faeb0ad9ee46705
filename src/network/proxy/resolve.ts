import { lookup } from 'node:dns/promises'
import type { Resolver } from './decide.ts'

/** Look-ups of one agent at a time: they share a few threads, and a slow name server must not starve other agents. */
const AT_ONCE = 4

/** The system's resolver (hosts file, name service switch, DNS). Nothing is kept: each request is answered by one look-up. */
export const systemResolver: Resolver = async (name) => {
  const found = await lookup(name, { all: true, order: 'verbatim' })
  return found.map(({ address }) => address)
}

/** A resolver that asks for few names at a time. */
export function limited(resolve: Resolver, atOnce = AT_ONCE): Resolver {
  let running = 0
  const waiting: (() => void)[] = []
  return async (name) => {
    if (running >= atOnce) await new Promise<void>((go) => waiting.push(go))
    else running += 1
    try {
      return await resolve(name)
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
