import type { Hook } from '@oclif/core'
import { nearest } from '../system/nearest.ts'
import { failureText } from '../terminal/failure-text.ts'

/** Says that there is no such command, and which one was most likely meant. Exit code 2. */
const hook: Hook<'command_not_found'> = async function ({ id, config }) {
  const name = id.replaceAll(':', ' ')
  const known = config.commands
    .filter(({ hidden }) => !hidden)
    .map((command) => command.id.replaceAll(':', ' '))
  const [topic = ''] = name.split(' ')
  const isTopic = known.some((each) => each.startsWith(`${topic} `))
  const suggestion = nearest(name, known) ?? (isTopic ? undefined : nearest(topic, known))
  const help = isTopic ? `agentvm help ${topic}` : 'agentvm help'
  const fix = suggestion ? `did you mean 'agentvm ${suggestion}'?` : `'${help}' lists them`
  process.stderr.write(failureText(`there is no command '${name}'`, fix))
  this.exit(2)
}

export default hook
