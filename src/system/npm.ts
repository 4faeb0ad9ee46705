/** npm's own sentence among the lines of codes and paths around it. */
export function npmProblem(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.replace(/^npm (?:error|ERR!)\s?(?:notarget |404 )?/, '').trim())
    .filter((line) => line !== '' && !/^(?:code|errno|syscall|path|dest) |complete log|Log files/.test(line))
  return lines[0] ?? 'npm says nothing'
}

/** npm's word for what went wrong, such as `E404`, if it says one. */
export function npmErrorCode(text: string): string | undefined {
  return /^npm (?:error|ERR!) code (\S+)$/m.exec(text)?.[1]
}
