import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ExportStatementSchema, OwnProfileSchema, RunStatementSchema } from '@agentvm/sdk/schemas'
import { toJsonSchema } from '@valibot/to-json-schema'
import { OUTPUT_SCHEMAS } from '../src/json-schemas/index.ts'
import { ROOT } from './lib/paths.mjs'

const DRAFT = 'http://json-schema.org/draft-07/schema#'

/** What each published schema is made of. */
const SOURCES = {
  'own-profile': {
    title: 'A profile of your own, $AGENTVM_HOME/profiles/<name>.json',
    schema: OwnProfileSchema,
  },
  'run-statement': { title: 'A run record: an in-toto statement', schema: RunStatementSchema },
  'export-statement': {
    title: 'What closes an export of run records: an in-toto statement',
    schema: ExportStatementSchema,
  },
  ...Object.fromEntries(
    Object.entries(OUTPUT_SCHEMAS).map(([command, schema]) => [
      `output/${command}`,
      { title: titleOf(command), schema },
    ]),
  ),
}

// Writes the JSON Schemas that are published with the package, for editors and scripts.
for (const [name, { title, schema }] of Object.entries(SOURCES)) {
  // What JSON Schema has no word for, such as "no . or .. in the path", agentvm checks when it reads the file.
  const json = toJsonSchema(schema, { typeMode: 'input', errorMode: 'ignore' })
  const file = join(ROOT, 'dist/schemas', `${name}.schema.json`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify({ $schema: DRAFT, title, ...json }, null, 2)}\n`)
}

function titleOf(command) {
  return command === 'error'
    ? 'What a command prints with --json when it fails'
    : `What agentvm ${command.replaceAll('-', ' ')} --json prints`
}
