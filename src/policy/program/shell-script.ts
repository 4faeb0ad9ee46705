/** What a small shell script runs. */
export interface ShellReferences {
  /** Paths, absolute or relative to the script's folder. */
  paths: string[]
  /** Names that the shell looks up on the PATH. */
  names: string[]
}

/** The script's own folder, as package managers write it in the scripts that stand for a program. */
const OWN_FOLDER =
  /(?:\$basedir(?:_abs)?|\$\{basedir\}|\$\(dirname "?\$0"?\)|\$\{0%\/\*\})"?\/["']?([^"'`\s;()$]+)/g

/** The comment of npm's and pnpm's `cmd-shim`. */
const SHIM_TARGET = /^# cmd-shim-target=(.+)$/gm

/** `exec PROGRAM`, also in the disguise that Python's installers use for long paths: `'''exec' PROGRAM`. */
const EXEC = /\bexec'? +(?:-a +\S+ +|-[cl]+ +)*(?:"([^"\n]+)"|'([^'\n]+)'|([^\s"';&|)]+))/g

/** Finds the programs that a shell script hands over to. Knows the forms that package managers write, not the shell's language. */
export function parseShellScript(text: string): ShellReferences {
  const executed = [...text.matchAll(EXEC)].map(([, double, single, bare]) => double ?? single ?? bare ?? '')
  const paths = [
    ...[...text.matchAll(OWN_FOLDER)].map(([, path]) => `./${path}`),
    ...[...text.matchAll(SHIM_TARGET)].map(([, path]) => (path ?? '').trim()),
    ...executed.filter((word) => /^\/[^$`*]+$/.test(word)),
  ]
  return {
    paths: [...new Set(paths)],
    names: [...new Set(executed.filter((word) => /^[\w][\w.+-]*$/.test(word)))],
  }
}

/** Whether a shebang's interpreter is a shell. */
export function isShell(interpreter: string): boolean {
  return /(^|\/)(ba|da|z|k|a)?sh$/.test(interpreter)
}
