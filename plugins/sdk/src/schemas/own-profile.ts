import * as v from 'valibot'
import { text, word } from './common.ts'
import { ProfileSchema, plainHeadless } from './profile.ts'

const { name, setup: _, ...fields } = ProfileSchema.entries
const about = <Schema extends v.GenericSchema>(schema: Schema, description: string) =>
  v.optional(v.pipe(schema, v.description(description)))

/**
 * Schema of a profile that a user writes as `$AGENTVM_HOME/profiles/<name>.json`: the fields of a {@link Profile}, all
 * but `command` optional, without functions. Paths may begin with `~/` and hold `${HOME}` and `${SCRIPT_DIR}`.
 */
export const OwnProfileSchema = v.strictObject({
  $schema: about(v.string(), "Where this schema lies, for your editor. agentvm doesn't read it."),
  name: about(name, "The profile's name. It has to be the name of the file."),
  label: about(fields.label, 'A name for people.'),
  command: v.pipe(
    v.tupleWithRest([word], text),
    v.description('The program and the arguments it always gets.'),
    v.transform((value): [string, ...string[]] => value),
  ),
  autonomousArgs: about(
    fields.autonomousArgs,
    'Arguments that turn its permission prompts off. Left out where nothing isolates.',
  ),
  tools: about(fields.tools, 'Other programs that the agent needs to find.'),
  prompt: about(fields.prompt, 'How the first prompt is given. By default it is typed into the terminal.'),
  headless: about(plainHeadless, 'How it runs one prompt without a terminal (agentvm run).'),
  resume: about(v.unwrap(fields.resume), 'How it continues a conversation.'),
  env: about(v.partial(fields.env), 'Environment variables, by name; an optional one may end in *.'),
  hosts: about(v.partial(fields.hosts), 'Hosts that it needs, for the network allow-list.'),
  state: about(
    v.partial(fields.state),
    "Files of your home, relative to it, that are copied into the agent's home at its first start.",
  ),
  readOnly: about(v.array(v.string()), 'Host paths that the agent may read.'),
  readWrite: about(v.array(v.string()), 'Host paths that the agent may change.'),
  postCreateScript: about(
    v.string(),
    "A program that runs on the host before each start, with the workspace's path as its argument.",
  ),
  startupKeys: about(
    v.unwrap(fields.startupKeys),
    'Keys, as tmux names them, that are pressed three seconds after the start.',
  ),
  interruptKeys: about(
    v.unwrap(fields.interruptKeys),
    'Keys, as tmux names them, that stop a turn (--interrupt). Escape by default.',
  ),
  clearKeys: about(
    v.unwrap(fields.clearKeys),
    'Keys that empty its input box, if it puts the prompt of a turn that was stopped back into it.',
  ),
  configDirEnv: about(v.unwrap(fields.configDirEnv), 'The variable that moves its configuration folder.'),
  nestedSandbox: about(
    v.unwrap(fields.nestedSandbox),
    'Arguments and variables that turn its own sandbox off, since it runs in one.',
  ),
  activity: about(fields.activity, 'How to tell from its terminal what it is doing.'),
  events: about(
    fields.events,
    "What it says of itself in a file of the agent's home, a line of JSON an event.",
  ),
  versions: about(v.partial(fields.versions), 'How to ask for its version, and which ones work.'),
  install: about(fields.install, 'How to install it.'),
})

/** What a user's own profile says. */
export type OwnProfile = v.InferOutput<typeof OwnProfileSchema>
