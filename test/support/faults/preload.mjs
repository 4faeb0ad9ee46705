// A preload (`node --import`) that numbers the effects of a process - each change of a file, each child, each signal -
// and lets the one with the number FAULT_AT go wrong. FAULT_KIND: `kill` (as by kill -9 just before it), `torn` (a
// write that comes half-way, or a child that has only just been started, then kill), a signal such as SIGINT (sent just
// before it; who handles it goes on), or an error code such as ENOSPC, which that effect and, with FAULT_STAYS, each
// later write fails with. FAULT_TRACE: a file that each effect's name is added to. A process that runs several commands
// says instead what is to go wrong in the next one: `process[Symbol.for('agentvm.faults')].begin({ at, kind, stays })`,
// and hears from `end()` the names of the effects that there were.
import childProcess from 'node:child_process'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { constants as os } from 'node:os'
import { canFail } from './can-fail.mjs'

const { appendFileSync, openSync, writeSync, closeSync, readlinkSync } = fs
let at = Number(process.env.FAULT_AT ?? 0)
let kind = process.env.FAULT_KIND ?? 'kill'
let stays = process.env.FAULT_STAYS !== undefined
const trace = process.env.FAULT_TRACE
for (const name of Object.keys(process.env)) if (name.startsWith('FAULT_')) delete process.env[name]

let count = 0
let inside = false
let names = []

process[Symbol.for('agentvm.faults')] = {
  begin(fault = {}) {
    ;({ at = 0, kind = 'kill', stays = false } = fault)
    count = 0
    names = []
  },
  end() {
    at = 0
    return names
  },
}

/** What an effect has to go through first. `tear` writes the half of it. Throws the error that it fails with. */
function effect(name, path, tear) {
  if (inside) return
  count += 1
  if (trace) appendTrace(`${count} ${name} ${path}`)
  else names.push(`${count} ${name} ${path}`)
  if (kind === 'kill' || kind === 'torn') {
    if (count !== at) return
    if (kind === 'torn') quietly(() => tear?.())
    process.kill(process.pid, 'SIGKILL')
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
  }
  if (kind.startsWith('SIG')) {
    // To this very process, so that it has ended when this returns, unless it listens.
    if (count === at) process.kill(process.pid, kind)
    return
  }
  if ((count === at || (stays && at > 0 && count > at)) && canFail(kind, name)) throw failure(name, path)
}

/** Calls on a descriptor don't say which file it is. */
const isOfDescriptor = (name) => /^(?:write|fsync|fchmod)$/.test(name)

function failure(name, path) {
  const errno = os.errno[kind]
  const error = new Error(`${kind}: injected, ${name} '${path}'`)
  const place = isOfDescriptor(name) ? {} : { path: String(path) }
  return Object.assign(error, { errno: -errno, code: kind, syscall: name, ...place })
}

function quietly(fn) {
  inside = true
  try {
    return fn()
  } finally {
    inside = false
  }
}

function appendTrace(line) {
  quietly(() => appendFileSync(trace, `${line}\n`))
}

const pathOf = (fd) => {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return `fd ${fd}`
  }
}

const half = (data) => {
  const bytes = typeof data === 'string' ? Buffer.from(data) : Buffer.from(data.buffer ?? data)
  return bytes.subarray(0, bytes.length >> 1)
}

const changes = (flags) =>
  typeof flags === 'number'
    ? (flags & (fs.constants.O_CREAT | fs.constants.O_TRUNC)) !== 0
    : /^[wa]/.test(flags ?? 'r')

const isFile = (fd) => fd > 2 && pathOf(fd).startsWith('/') && !pathOf(fd).startsWith('/dev/')

/** How to see the effect in the arguments of a function: undefined if there is none. */
const BY_PATH = (name) => (path) => ({ name, path })
const EFFECTS = {
  open: (path, flags) => (changes(flags) ? { name: 'open', path } : undefined),
  rename: (_, to) => ({ name: 'rename', path: to }),
  link: (_, to) => ({ name: 'link', path: to }),
  symlink: (_, to) => ({ name: 'symlink', path: to }),
  copyFile: (_, to) => ({ name: 'copyFile', path: to }),
  cp: (_, to) => ({ name: 'cp', path: to }),
  unlink: BY_PATH('unlink'),
  rm: BY_PATH('rm'),
  rmdir: BY_PATH('rmdir'),
  mkdir: BY_PATH('mkdir'),
  mkdtemp: BY_PATH('mkdtemp'),
  chmod: BY_PATH('chmod'),
  truncate: BY_PATH('truncate'),
  utimes: BY_PATH('utimes'),
  lutimes: BY_PATH('lutimes'),
}

const writes = (original) => (target, data) => {
  const path = typeof target === 'number' ? pathOf(target) : target
  if (typeof target === 'number' && !isFile(target)) return undefined
  return {
    name: typeof target === 'number' ? 'write' : 'writeFile',
    path,
    tear: () => {
      const fd = typeof target === 'number' ? target : openSync(target, original)
      writeSync(fd, half(data))
      if (fd !== target) closeSync(fd)
    },
  }
}
EFFECTS.writeFile = writes('w')
EFFECTS.appendFile = writes('a')
EFFECTS.write = writes('w')
EFFECTS.fsync = (fd) => ({ name: 'fsync', path: pathOf(fd) })
EFFECTS.fchmod = (fd) => ({ name: 'fchmod', path: pathOf(fd) })

for (const [name, see] of Object.entries(EFFECTS)) {
  wrapSync(fs, `${name}Sync`, see)
  wrapCallback(fs, name, see)
  if (fs.promises[name]) wrapPromise(fs.promises, name, see)
}
// A handle's methods live on a class that only an open one shows.
const handle = await fs.promises.open('/dev/null')
const Handle = Object.getPrototypeOf(handle)
await handle.close()
for (const [method, name] of Object.entries({
  write: 'write',
  writeFile: 'write',
  appendFile: 'write',
  sync: 'fsync',
})) {
  const original = Handle[method]
  Handle[method] = async function (...args) {
    effect(name, pathOf(this.fd), () => writeSync(this.fd, half(args[0])))
    return original.apply(this, args)
  }
}

function wrapSync(target, key, see) {
  const original = target[key]
  if (typeof original !== 'function') return
  target[key] = (...args) => {
    announce(see, args)
    return isComposed(key) ? quietly(() => original(...args)) : original(...args)
  }
}

/** One that is made of others is one effect. */
const isComposed = (key) => /^(?:writeFile|appendFile|cp|rm|mkdtemp)Sync$/.test(key)

function wrapCallback(target, key, see) {
  const original = target[key]
  if (typeof original !== 'function') return
  target[key] = (...args) => {
    try {
      announce(see, args)
    } catch (error) {
      const done = args.at(-1)
      if (typeof done === 'function') return process.nextTick(done, error)
      throw error
    }
    return original(...args)
  }
}

function wrapPromise(target, key, see) {
  const original = target[key]
  target[key] = async (...args) => {
    announce(see, args)
    return original(...args)
  }
}

function announce(see, args) {
  if (inside) return
  const seen = see(...args)
  if (seen) effect(seen.name, seen.path, seen.tear)
}

/** The error that a child fails to start with; undefined if it is to start. `start` starts it, where nobody waits for its end. */
function failureOfStart(file, call, start) {
  try {
    effect('spawn', file, start)
  } catch (error) {
    return Object.assign(error, { syscall: `${call} ${file}` })
  }
}

// As Node does it: the child is there, without streams, and tells soon that it has not started.
const { spawn } = childProcess.ChildProcess.prototype
childProcess.ChildProcess.prototype.spawn = function (options) {
  const error = failureOfStart(options.file, 'spawn', () => spawn.call(this, options))
  if (!error) return spawn.call(this, options)
  // Its handle was never made ready: what it holds for a pid is anything, such as 0, which means our own group.
  this._handle = null
  process.nextTick(() => {
    this.emit('error', error)
    this.emit('close', error.errno, null)
  })
  return error.errno
}
const { spawnSync, execFileSync } = childProcess
childProcess.spawnSync = (file, ...rest) => {
  const error = failureOfStart(file, 'spawnSync')
  return error
    ? { error, status: null, signal: null, output: null, pid: 0, stdout: null, stderr: null }
    : spawnSync(file, ...rest)
}
childProcess.execFileSync = (file, ...rest) => {
  const error = failureOfStart(file, 'spawnSync')
  if (error) throw error
  return execFileSync(file, ...rest)
}
const { kill } = process
process.kill = (pid, signal) => {
  if (signal !== 0 && pid !== process.pid) effect('kill', pid)
  return kill.call(process, pid, signal)
}
syncBuiltinESMExports()
