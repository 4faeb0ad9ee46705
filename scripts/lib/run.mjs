import { spawn, spawnSync } from 'node:child_process'
import { constants } from 'node:os'
import { ROOT } from './paths.mjs'

/**
 * Runs a program with our streams and returns its exit code, 128 + N for signal N. Ctrl-C reaches it directly.
 *
 * @param {string[]} argv
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function run([program, ...args], options = {}) {
  const ignore = () => {}
  process.on('SIGINT', ignore)
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit', ...options })
    const end = (code) => {
      process.off('SIGINT', ignore)
      resolve(code)
    }
    child.on('error', (error) => {
      process.stderr.write(`${program}: ${error.message}\n`)
      end(127)
    })
    child.on('exit', (code, signal) => end(code ?? 128 + (constants.signals[signal] ?? 0)))
  })
}

/** Whether a program lies on the PATH. */
export function hasProgram(name) {
  return spawnSync('/bin/sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0
}
