import { Flags } from '@oclif/core'
import type { SendOptions } from '../agents/delivery/send.ts'
import { secondsFlag } from './duration-flag.ts'

/** The flags by which `exec`, `send` and `broadcast` say how and when to type. */
export const deliveryFlags = {
  'no-enter': Flags.boolean({ description: "don't press Enter" }),
  'if-idle': Flags.boolean({
    description: 'only if the agent is idle; else refuse, and exit with 1',
    exclusive: ['wait'],
  }),
  wait: Flags.boolean({ description: 'wait until the agent is idle, then type' }),
  timeout: secondsFlag({
    description: 'give up waiting after so many seconds, and exit with 124',
    dependsOn: ['wait'],
  }),
}

/** `--file` of `exec` and `broadcast`. */
export const fileFlag = Flags.string({
  char: 'f',
  description: 'type the content of a file; - reads standard input',
  helpValue: 'FILE',
})

/** The flags of {@link deliveryFlags} that take a value as the next word. */
export const DELIVERY_VALUE_FLAGS = ['--timeout']

/** Turns parsed flags into what the domain takes. */
export function sendOptions(flags: {
  'no-enter': boolean
  'if-idle': boolean
  wait: boolean
  timeout?: number | undefined
}): SendOptions {
  return {
    enter: !flags['no-enter'],
    when: flags['if-idle'] ? 'if-idle' : flags.wait ? 'idle' : 'now',
    timeoutMs: flags.timeout === undefined ? undefined : flags.timeout * 1000,
  }
}
