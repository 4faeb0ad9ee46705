import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * The beginning of npm's command line: the version that `@oclif/plugin-plugins` brings, so that packages are fetched in
 * the same way everywhere; the `npm` of the PATH where that isn't there.
 */
export function npmCommand(): [string, ...string[]] {
  try {
    const pluginManager = createRequire(import.meta.url).resolve('@oclif/plugin-plugins')
    const manifest = createRequire(pluginManager).resolve('npm/package.json')
    const { bin } = JSON.parse(readFileSync(manifest, 'utf8'))
    return [process.execPath, join(dirname(manifest), bin.npm)]
  } catch {
    return ['npm']
  }
}

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
