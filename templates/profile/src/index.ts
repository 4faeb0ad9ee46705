import { defineProfile } from '@agentvm/sdk'
import { activity } from './activity.ts'

/** How to run Template Name. Every field is explained where its type is: hover over it, or see Profile in @agentvm/sdk. */
export default defineProfile({
  name: 'template-name',
  label: 'Template Name',
  // As it is found on the PATH. agentvm finds the program's package and interpreter by itself.
  command: ['template-name'],
  // What turns its permission prompts off, such as '--yolo': given inside a real sandbox only.
  autonomousArgs: [],
  tools: ['git'],
  // The first prompt is typed when the agent is ready. Where the program takes one as an argument:
  // { via: 'argument', args: ['--', '{prompt}'] }
  prompt: { via: 'typed' },
  // One prompt without a terminal, for 'agentvm run'. Leave it out if there is no such mode.
  headless: { args: ['run'], autonomousArgs: [], stdin: 'prompt' },
  // Variables and hosts that it needs. Nothing else of yours reaches it.
  env: { anyOf: [], allOf: [], optional: ['TEMPLATE_NAME_API_KEY'], set: {} },
  hosts: { required: [], login: [], optional: [] },
  // Files of your home, relative to it, that are copied into the agent's home at its first start.
  state: { copy: ['.config/template-name'], never: [] },
  activity,
  versions: { args: ['--version'] },
  install: { hint: 'npm install -g template-name' },
})
