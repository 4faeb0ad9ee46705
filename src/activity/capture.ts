import { CaptureSchema, check } from '@agentvm/sdk/schemas'
import { UserError } from '../errors.ts'
import type { Screen } from './screen.ts'

/** Reads a recorded screen. Throws a {@link UserError} that names the field that is wrong. */
export function screenFromCapture(value: unknown, file: string): Screen {
  const checked = check(CaptureSchema, value)
  if (!checked.ok) throw new UserError(`${file}: ${checked.problems.join('; ')}`, { exitCode: 2 })
  const { screen, title, cursor, cursor_visible, alternate_on, pane_current_command } = checked.value
  return {
    title,
    lines: screen.split('\n'),
    cursor,
    cursorVisible: cursor_visible,
    alternateScreen: alternate_on,
    ...(pane_current_command === undefined ? {} : { program: pane_current_command }),
  }
}
