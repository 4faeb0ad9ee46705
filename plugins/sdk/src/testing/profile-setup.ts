import * as assert from 'node:assert/strict'
import type { Profile, SetupContext, SetupFile } from '../profile.ts'
import { SetupSchema } from '../schemas/profile.ts'
import type { Promises } from './framework.ts'
import { assertKeeps } from './keeps-schema.ts'

/** What a value of each of the profile's own variables is, in the kit. */
const SECRET = 'sk-conformance-0123456789-abcdefghijklmnopqrstuvwxyz'

/** The same of one that the profile says it writes. */
const WRITTEN = 'sk-written-0123456789-abcdefghijklmnopqrstuvwxyz'

/** What {@link Profile.setup} promises. */
export const SETUP_PROMISES: Promises<Profile> = {
  'writes its files below the agent’s home, from nothing and from damaged ones': async (profile) => {
    const written = await setUp(profile)
    assertKeeps(SetupSchema, written)
    for (const damage of ['', '{', '= [', '\0', 'null', '[]', '{"a":']) {
      const damaged = Object.fromEntries(written.map(({ path }) => [path, damage]))
      assertKeeps(SetupSchema, await setUp(profile, damaged))
    }
  },

  'writes the same again at the next start': async (profile) => {
    const first = filesOf(await setUp(profile))
    assert.deepEqual(filesOf(await setUp(profile, first)), first)
  },

  'writes no whole secret into a file but those that it names': async (profile) => {
    for (const { path, content } of await setUp(profile))
      assert.ok(!content.includes(SECRET), `${path} holds a variable's value`)
  },

  'works for an agent without any variable': async (profile) => {
    assertKeeps(SetupSchema, await setUp(profile, {}, () => undefined))
  },
}

async function setUp(
  profile: Profile,
  files: Record<string, string> = {},
  env: SetupContext['env'] = (name) => (profile.env.written?.includes(name) ? WRITTEN : SECRET),
): Promise<SetupFile[]> {
  const { anyOf, allOf, optional } = profile.env
  const names = [...anyOf, ...allOf, ...optional].filter((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
  const context: SetupContext = {
    ...{ workspace: '/workspace', home: '/home/agent' },
    envNames: names.filter((name) => env(name) !== undefined),
    env: (name) => (names.includes(name) ? env(name) : undefined),
    read: async (path) => files[path],
  }
  return (await profile.setup?.(context)) ?? []
}

function filesOf(written: readonly SetupFile[]): Record<string, string> {
  return Object.fromEntries(written.map(({ path, content }) => [path, content]))
}
