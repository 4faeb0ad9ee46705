/** Says on standard error what a script does: standard output belongs to what it runs. */
export function say(text) {
  process.stderr.write(`${text}\n`)
}
