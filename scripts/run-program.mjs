import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { pinnedNode } from './pinned-node.mjs'

/**
 * Runs a program on this script's terminal until it ends. Ctrl-C reaches it from the terminal; other signals are
 * passed on.
 * @returns {Promise<number>} its exit code
 */
export function runProgram(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', ...options })
    const forward = (signal) => child.kill(signal)
    const ignore = () => {}
    process.on('SIGINT', ignore)
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, forward)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      process.off('SIGINT', ignore)
      for (const name of ['SIGTERM', 'SIGHUP']) process.off(name, forward)
      resolve(code ?? 128 + constants.signals[signal])
    })
  })
}

/** Runs a JavaScript file on the pinned Node, as {@link runProgram} does. */
export function runPinned(args, options) {
  return runProgram(pinnedNode(), args, options)
}
