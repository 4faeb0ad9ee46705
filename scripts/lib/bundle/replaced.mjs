/**
 * Modules of dependencies that the bundle has another one in the place of: what they do stays the same. They are pinned,
 * and the tests that run on both forms hold the two against each other.
 */
export const REPLACED = {
  // Colours and terminals are looked at only where somebody debugs: 5 ms.
  debug: `
    const silent = () => Object.assign(() => {}, { enabled: false, extend: silent, log() {} })
    module.exports = process.env.DEBUG
      ? require('debug?original')
      : Object.assign(silent, { enable() {}, disable: () => '', enabled: () => false, formatters: {} })`,
  // Readies itself to start PowerShell before it is asked anything: 3 ms.
  'wsl-utils': `
    const isWsl = require("is-wsl").default
    module.exports = isWsl ? require('wsl-utils?original') : { isWsl }`,
}

/** Text of dependencies that the bundle leaves out, by the end of the module's path. */
export const LEFT_OUT = {
  // bin/run.cjs has looked at Node's version, and more strictly. Here it costs a parser of version ranges: 3 ms.
  '@oclif/core/lib/index.js': /^checkNodeVersion\(\);$/m,
  // src/start/closed-pipes.ts does that when the stream is first used. Asked for here, it is made for each command: 3 ms.
  '@oclif/core/lib/command.js': /^process\.stdout\.on\('error', \(err\) => \{\n(?: .*\n)+\}\);$/m,
}
