import { failureText } from './failure-text.ts'

/** Tells the user something on standard error. What stands in it of files, programs and agents can't harm the terminal. */
export function note(message: string): void {
  process.stderr.write(failureText(message))
}

/** Warns the user on standard error, as {@link note} does. */
export function warn(message: string): void {
  note(`warning: ${message}`)
}
