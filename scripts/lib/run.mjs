import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './paths.mjs'

const ENDING = ['SIGTERM', 'SIGHUP']

/**
 * Runs a program with our streams and returns its exit code, 128 + N for signal N. Ctrl-C reaches it directly,
 * other requests to end are passed on.
 *
 * @param {string[]} argv
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function run([program, ...args], options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit', ...options })
    const ignore = () => {}
    const passOn = (signal) => child.kill(signal)
    process.on('SIGINT', ignore)
    for (const signal of ENDING) process.on(signal, passOn)
    const end = (code) => {
      process.off('SIGINT', ignore)
      for (const signal of ENDING) process.off(signal, passOn)
      resolve(code)
    }
    child.on('error', (error) => {
      process.stderr.write(`${program}: ${error.message}\n`)
      end(127)
    })
    child.on('exit', (code, signal) => end(code ?? 128 + (constants.signals[signal] ?? 0)))
  })
}

/** Runs a program and shows what it printed only if it fails. It can ask its questions on the terminal. */
export async function runQuietly(argv, options = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'agentvm-setup-'))
  const output = join(folder, 'output')
  const file = openSync(output, 'w')
  const code = await run(argv, { stdio: ['inherit', file, file], ...options })
  closeSync(file)
  if (code !== 0) process.stderr.write(readFileSync(output))
  rmSync(folder, { recursive: true })
  return code
}

/** Whether a program lies on the PATH. */
export function hasProgram(name) {
  return spawnSync('/bin/sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0
}
