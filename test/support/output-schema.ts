import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { ROOT } from './cli-installed.ts'

/** Where the published schemas of `--json` outputs lie. */
export const SCHEMAS = join(ROOT, 'dist', 'schemas', 'output')

/** What is wrong with an output, by the schema of its command; undefined if nothing. */
export function schemaProblem(id: string, output: string): string | undefined {
  const schema = JSON.parse(readFileSync(join(SCHEMAS, `${id.replaceAll(':', '-')}.schema.json`), 'utf8'))
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true })
  try {
    return ajv.validate(tightened(schema), JSON.parse(output)) ? undefined : ajv.errorsText()
  } catch (error) {
    return String(error)
  }
}

/** The schema, but keys that it doesn't name are errors: the published one leaves room for those of later versions. */
function tightened(schema: unknown): Record<string, unknown> {
  const tighten = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(tighten)
    if (typeof value !== 'object' || value === null) return value
    const inner = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, tighten(part)]))
    return 'properties' in inner && !('additionalProperties' in inner)
      ? { ...inner, additionalProperties: false }
      : inner
  }
  return tighten(schema) as Record<string, unknown>
}
