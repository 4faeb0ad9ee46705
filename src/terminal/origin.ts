import type { Provided } from '../extensions/provided.ts'

/** Where a profile or sandbox comes from, for people: `built-in`, `installed (a-plugin)`. */
export function originText({ source, plugin }: Pick<Provided, 'source' | 'plugin'>): string {
  return source === 'built-in' ? source : `${source} (${plugin})`
}
