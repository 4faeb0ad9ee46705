// Preloaded by a test (node --require): counts the programs that a command starts, one line of the file $COUNT_PROGRAMS each.
const { appendFileSync } = require('node:fs')
const childProcess = require('node:child_process')

const count = (program) => appendFileSync(process.env.COUNT_PROGRAMS, `${program}\n`)

const { spawn } = childProcess.ChildProcess.prototype
childProcess.ChildProcess.prototype.spawn = function (options) {
  count(options.args.join(' '))
  return spawn.call(this, options)
}
for (const name of ['spawnSync', 'execFileSync', 'execSync']) {
  const run = childProcess[name]
  childProcess[name] = (program, ...rest) => {
    count(program)
    return run(program, ...rest)
  }
}
