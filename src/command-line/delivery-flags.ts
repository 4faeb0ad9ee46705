import { Flags } from '@oclif/core'
import type { SendOptions } from '../agents/delivery/send.ts'
import { UserError } from '../errors.ts'
import { secondsFlag } from './duration-flag.ts'

/** What an id may be: it is shown, and given to `queue remove`. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}$/

/** The flags by which `exec`, `send` and `broadcast` say how and when to type. */
export const deliveryFlags = {
  'no-enter': Flags.boolean({ description: "don't press Enter" }),
  'if-idle': Flags.boolean({
    description: 'only if the agent is idle; else refuse, and exit with 1',
    exclusive: ['wait', 'queue', 'interrupt'],
  }),
  wait: Flags.boolean({
    description: 'wait until the agent is idle, then type',
    exclusive: ['queue', 'interrupt'],
  }),
  queue: Flags.boolean({
    description: 'leave it to be typed once the agent is idle, also after a restart, and return at once',
    exclusive: ['interrupt', 'no-enter'],
  }),
  interrupt: Flags.boolean({ description: 'make the agent stop what it does, then type' }),
  id: Flags.string({
    description: 'a second message with the same id is not sent',
    helpValue: 'KEY',
    parse: async (value) => {
      if (ID.test(value)) return value
      throw new UserError(`${JSON.stringify(value)} can't be the id of a message`, {
        fix: 'use up to 128 letters, digits, and . _ : / + = @ -',
        exitCode: 2,
      })
    },
  }),
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
export const DELIVERY_VALUE_FLAGS = ['--timeout', '--id']

/** Turns parsed flags into what the domain takes. */
export function sendOptions(flags: {
  'no-enter': boolean
  'if-idle': boolean
  wait: boolean
  queue: boolean
  interrupt: boolean
  id?: string | undefined
  timeout?: number | undefined
}): SendOptions {
  return {
    enter: !flags['no-enter'],
    when: whenToType(flags),
    id: flags.id,
    timeoutMs: flags.timeout === undefined ? undefined : flags.timeout * 1000,
  }
}

function whenToType(flags: Parameters<typeof sendOptions>[0]): SendOptions['when'] {
  if (flags['if-idle']) return 'if-idle'
  if (flags.wait) return 'idle'
  if (flags.queue) return 'queue'
  return flags.interrupt ? 'interrupt' : 'now'
}
