import * as assert from 'node:assert/strict'
import type { Profile } from '../profile.ts'
import { ProfileSchema } from '../schemas/profile.ts'
import { type Promises, type TestFramework, testPromises } from './framework.ts'
import { assertKeeps } from './keeps-schema.ts'
import { SETUP_PROMISES } from './profile-setup.ts'
import { SCREEN_PROMISES } from './screen-rules.ts'

/**
 * What every profile promises, as tests: the schema, and what a schema can't say, such as that a prompt which begins
 * with a dash stays a prompt. Starts no program and needs no agent CLI.
 */
export function profileConformance(profile: Profile, framework: TestFramework): void {
  framework.describe(`the profile ${profile.name}`, () => {
    testPromises(profile, PROMISES, framework)
    if (profile.setup) testPromises(profile, SETUP_PROMISES, framework)
    if (profile.activity) testPromises(profile.activity, SCREEN_PROMISES, framework)
  })
}

const PROMISES: Promises<Profile> = {
  'keeps the schema': (profile) => {
    assertKeeps(ProfileSchema, profile)
  },

  'names its command as it is found on the PATH, not by a path of one machine': ({ command, tools }) => {
    for (const name of [command[0], ...tools])
      assert.ok(!name.includes('/'), `${name} is a path: give the name alone`)
  },

  'says how to install its command': ({ install }) => {
    const { npm, hint } = install
    assert.ok(npm === undefined || hint.includes(npm), `install.hint doesn't name the npm package ${npm}`)
  },

  'turns permission prompts off by its autonomous arguments only': (profile) => {
    const { command, autonomousArgs, headless } = profile
    const always = options([...command, ...(headless?.args ?? [])])
    for (const option of options([...autonomousArgs, ...(headless?.autonomousArgs ?? [])]))
      assert.ok(!always.includes(option), `${option} is also given where nothing isolates`)
  },

  'can be called with more arguments after those of its one-shot mode': ({ headless }) => {
    assert.ok(
      !headless?.args.includes('--'),
      "headless.args holds '--': what comes after is no option any more",
    )
  },

  'gives a prompt that begins with a dash as text, not as an option': ({ prompt, headless }) => {
    if (prompt.via === 'argument') assertIsText(prompt.args, 'prompt.args')
    assertIsText(headless?.args ?? [], 'headless.args')
  },

  'sets no variable that it also takes from the user, and no secret': ({ env, nestedSandbox }) => {
    const taken = [...env.anyOf, ...env.allOf, ...env.optional]
    for (const name of Object.keys({ ...env.set, ...nestedSandbox?.env })) {
      assert.ok(!taken.includes(name), `${name} is both set and taken from the user`)
      assert.doesNotMatch(name, /KEY|TOKEN|SECRET|PASSWORD/i, `${name} looks like a secret`)
    }
  },

  'copies nothing that it says is never copied': ({ state }) => {
    for (const path of state.copy) assert.ok(!state.never.includes(path), `${path} is in both lists`)
  },
}

/** Options, each with the words after it that may be its value. */
function options(args: readonly string[]): string[] {
  return args
    .join('\0')
    .split(/\0(?=-)/)
    .map((option) => option.replaceAll('\0', ' '))
}

/** Each `{prompt}` stands after a `--`, or in one word with its option: `--prompt={prompt}`. */
function assertIsText(args: readonly string[], where: string): void {
  const dashes = args.indexOf('--')
  for (const [at, word] of args.entries()) {
    const isText = !word.startsWith('{prompt}') || (dashes >= 0 && dashes < at)
    assert.ok(isText, `${where}: '{prompt}' needs a '--' before it, or an option in the same word`)
  }
}
