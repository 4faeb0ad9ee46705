import * as v from 'valibot'

/** A time, ISO 8601 UTC with seconds. */
export const time = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/))

/** A number of bytes, or of anything else that is counted. */
export const count = v.pipe(v.number(), v.integer(), v.minValue(0))

/** Tags: names and their values. */
export const tags = v.record(v.string(), v.string())

/** Which plugin something comes from. */
export const source = v.picklist(['user', 'built-in', 'installed', 'linked'])
