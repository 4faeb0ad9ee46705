import { check, ManifestSchema } from '@agentvm/sdk/schemas'
import fc from 'fast-check'
import { isPlainManifest } from '../../src/extensions/installed/read-plugin.ts'
import { fuzzing } from '../support/fuzz.ts'

const id = fc.oneof(
  fc.constantFrom('a', 'codex', 'x-1', '-x', 'Upper', '', 'a\n', 'é'),
  fc.string(),
  fc.integer(),
)
const ids = fc.option(fc.oneof(fc.array(id), fc.array(fc.constantFrom('a', 'b2')), fc.anything()), {
  nil: undefined,
})
const manifest = fc.oneof(
  fc.anything(),
  fc.record(
    {
      apiVersion: fc.constantFrom(1, 1, 1, 2, '1'),
      profiles: ids,
      sandboxes: ids,
      identities: ids,
      other: fc.anything(),
    },
    { requiredKeys: [] },
  ),
)

describe('the quick check of a plugin’s manifest', () => {
  it('takes none that the schema refuses, and every one of this version that it takes', () => {
    fc.assert(
      fc.property(manifest, (raw) => {
        const { ok } = check(ManifestSchema, raw)
        return isPlainManifest(raw) === (ok && (raw as { apiVersion: unknown }).apiVersion === 1)
      }),
      fuzzing(),
    )
  })
})
