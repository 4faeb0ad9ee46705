import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OwnProfileSchema } from '@agentvm/sdk/schemas'
import { toJsonSchema } from '@valibot/to-json-schema'
import { ROOT } from './lib/paths.mjs'

/** What each published schema is made of. */
const SOURCES = {
  'own-profile.schema.json': {
    title: 'A profile of your own, $AGENTVM_HOME/profiles/<name>.json',
    schema: OwnProfileSchema,
  },
}

// Writes the JSON Schemas that are published with the package, for editors and scripts.
mkdirSync(join(ROOT, 'dist/schemas'), { recursive: true })
for (const [file, { title, schema }] of Object.entries(SOURCES)) {
  // What JSON Schema has no word for, such as "no . or .. in the path", agentvm checks when it reads the file.
  const json = toJsonSchema(schema, { typeMode: 'input', errorMode: 'ignore' })
  writeFileSync(join(ROOT, 'dist/schemas', file), `${JSON.stringify({ title, ...json }, null, 2)}\n`)
}
