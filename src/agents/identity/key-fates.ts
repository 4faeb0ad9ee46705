import type { KeyFate } from '../../provenance/verify.ts'
import type { Home } from '../../settings/home.ts'
import { allKeyHistories } from './key-history.ts'

/** What has become of the keys of a home's agents, also of those that are gone. */
export function keyFates(home: Home): KeyFate {
  const keys = new Map(allKeyHistories(home).flatMap(({ keys }) => keys.map((key) => [key.did, key])))
  return (did, time) => {
    const key = keys.get(did)
    if (!key || key.valid_until === null) return undefined
    const { status, valid_until: until, reason } = key
    if (status === 'revoked') {
      // Whenever it says: who had the key could write any date.
      const why = reason === null ? '' : `: ${reason}`
      return { outcome: 'failed', detail: `signed by ${did}, which was revoked at ${until}${why}` }
    }
    if (time > Date.parse(until)) {
      return { outcome: 'failed', detail: `signed by ${did}, whose key had ended at ${until}` }
    }
    const since = status === 'rotated' ? 'a key that was replaced since' : 'whose agent is gone'
    return { outcome: 'established', detail: `signed by ${did}, ${since}` }
  }
}
