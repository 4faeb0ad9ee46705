import * as v from 'valibot'
import type { Profile } from '../profile.ts'
import type { HeadlessEvents } from '../run-events.ts'
import { ActivitySchema } from './activity.ts'
import { absolutePath, argv, envName, fn, named, relativePath, text, word } from './common.ts'
import { EventsSchema } from './events.ts'
import { limits } from './policy.ts'

const fileOrVariable = v.union([envName, named(/^file:[^/\0][^\0]*$/)], 'must be a variable or file:PATH')
const variablePattern = named(/^[A-Za-z_][A-Za-z0-9_]*\*?$/)
const hostNames = v.array(named(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/))
const words = v.array(text)

/** A key as tmux names it, or a word to type. Nothing that tmux's own parser would read in another way. */
const tmuxKey = named(/^[A-Za-z0-9_.,:/+=@^-]{1,64}$/)

const withPlaceholder = (...placeholders: string[]) =>
  v.pipe(
    words,
    v.check(
      (args) => args.some((arg) => placeholders.some((placeholder) => arg.includes(placeholder))),
      `must hold ${placeholders.join(' or ')}`,
    ),
  )

const headlessFields = { args: words, autonomousArgs: words, stdin: v.picklist(['prompt', 'closed']) }
const takesPrompt = ({ args, stdin }: { args: string[]; stdin: string }) =>
  stdin === 'prompt' || args.some((arg) => /\{prompt(File)?\}/.test(arg))
const noPrompt = 'must hold {prompt} or {promptFile} in args, or take the prompt on stdin'

/** A one-shot mode as data can say it. */
export const plainHeadless = v.pipe(
  v.strictObject(headlessFields),
  v.check((mode) => takesPrompt(mode), noPrompt),
)

const events = v.strictObject({ args: words, read: fn<HeadlessEvents['read']>() })
const headless = v.pipe(
  v.strictObject({ ...headlessFields, events: v.optional(events) }),
  v.check((mode) => takesPrompt(mode), noPrompt),
)

/** How much of the host programs' configuration is kept from an agent. */
export const protect = v.picklist(['existing', 'strict', 'off'])
export const gitConfig = v.picklist(['ro', 'rw'])

/** Schema of a {@link Profile}. */
export const ProfileSchema = v.strictObject({
  name: named(/^[a-z0-9][a-z0-9-]*$/),
  label: word,
  command: argv,
  autonomousArgs: words,
  tools: v.array(word),
  prompt: v.variant('via', [
    v.strictObject({ via: v.literal('argument'), args: withPlaceholder('{prompt}') }),
    v.strictObject({ via: v.literal('typed') }),
  ]),
  headless: v.optional(headless),
  resume: v.optional(
    v.strictObject({
      last: v.optional(words),
      id: v.optional(withPlaceholder('{id}')),
      emptyLastFails: v.optional(v.boolean()),
    }),
  ),
  env: v.strictObject({
    anyOf: v.array(fileOrVariable),
    allOf: v.array(fileOrVariable),
    optional: v.array(variablePattern),
    set: v.record(envName, text),
    written: v.optional(v.array(envName)),
  }),
  hosts: v.strictObject({ required: hostNames, login: hostNames, optional: hostNames }),
  state: v.strictObject({ copy: v.array(relativePath), never: v.array(relativePath) }),
  readOnly: v.optional(v.array(absolutePath)),
  readWrite: v.optional(v.array(absolutePath)),
  postCreateScript: v.optional(absolutePath),
  startupKeys: v.optional(v.array(tmuxKey)),
  interruptKeys: v.optional(v.pipe(v.array(tmuxKey), v.minLength(1, 'must not be empty'))),
  clearKeys: v.optional(v.array(tmuxKey)),
  configDirEnv: v.optional(envName),
  nestedSandbox: v.optional(v.strictObject({ args: words, env: v.record(envName, text) })),
  activity: v.optional(ActivitySchema),
  events: v.optional(EventsSchema),
  versions: v.strictObject({ args: words, minimum: v.optional(word), checked: v.optional(word) }),
  install: v.strictObject({ npm: v.optional(word), native: v.optional(relativePath), hint: word }),
  policy: v.optional(
    v.strictObject({
      limits: v.optional(limits),
      protect: v.optional(protect),
      gitConfig: v.optional(gitConfig),
    }),
  ),
  setup: v.optional(fn<NonNullable<Profile['setup']>>()),
})

/** Schema of what {@link Profile.setup} returns. */
export const SetupSchema = v.array(v.strictObject({ path: relativePath, content: v.string() }))
