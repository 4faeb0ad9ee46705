import { UserError } from '../../errors.ts'

const TAG = /^([A-Za-z0-9_.-]{1,63})=([^,\x00-\x1f\x7f]{0,255})$/

/** Reads `k=v,k2=v2`, as the state file has it. What doesn't fit is left out. */
export function parseTags(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').flatMap((pair) => {
      const match = TAG.exec(pair)
      return match ? [[match[1], match[2]]] : []
    }),
  )
}

/** Writes tags as `k=v,k2=v2`. */
export function formatTags(tags: Record<string, string>): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}

/** Reads the values of `-t K=V` flags. Throws a {@link UserError} on a bad one. */
export function tagsFromFlags(flags: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    flags.map((flag) => {
      const match = TAG.exec(flag)
      if (!match) {
        throw new UserError(`'${flag}' is not a tag`, {
          fix: 'write KEY=VALUE; the key of letters, digits, _ . -; no comma or control character in the value',
          exitCode: 2,
        })
      }
      return [match[1], match[2]]
    }),
  )
}

/** Whether an agent has each of the wanted tags. */
export function hasTags(tags: Record<string, string>, wanted: Record<string, string>): boolean {
  return Object.entries(wanted).every(([key, value]) => tags[key] === value)
}
