import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { Script } from 'node:vm'
import { outcome, RUN_JS, TestHome } from '../support/agentvm.ts'

const BUNDLE = join(dirname(dirname(RUN_JS)), 'dist/bundle')
const MINUTE_MS = 60_000

describe('the compile cache', function () {
  this.timeout(240_000)
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
  })
  afterEach(() => home.remove())

  const caches = () => join(dirname(home.path), 'cache')
  const compiled = () => join(caches(), 'agentvm/compiled')
  const builds = () => readdirSync(compiled()).filter((name) => name.startsWith('agentvm-'))
  const fileOf = (name: string) => join(compiled(), builds()[0] ?? 'none', name)
  const inode = (name: string) => statSync(fileOf(name)).ino

  /** Not as the home does it: where coverage is measured, that runs what isn't bundled. */
  function call(args: string[], env: Record<string, string>) {
    mkdirSync(caches(), { recursive: true })
    const own = { AGENTVM_HOME: home.path, XDG_CACHE_HOME: caches(), NODE_V8_COVERAGE: '' }
    return outcome(spawn(process.execPath, [RUN_JS, ...args], { env: { ...process.env, ...own, ...env } }))
  }

  async function run(...args: string[]) {
    const result = await call(args, { NODE_COMPILE_CACHE: '' })
    assert.deepEqual([result.code, result.stderr], [0, ''], args.join(' '))
    return result.stdout
  }

  /** As if it had been kept so long ago. */
  function age(name: string, firstMs: number, lastMs: number) {
    const bytes = readFileSync(fileOf(name))
    bytes.writeDoubleLE(Date.now() - firstMs, bytes.length - 16)
    bytes.writeDoubleLE(Date.now() - lastMs, bytes.length - 8)
    writeFileSync(fileOf(name), bytes)
  }

  it('holds the functions that a command calls, and V8 takes them', async () => {
    await run('list')
    const source = readFileSync(join(BUNDLE, 'agentvm.cjs'), 'latin1')
    const file = readFileSync(fileOf('list-agentvm.cjs'))
    const cachedData = file.subarray(0, file.length / 2 - 8)
    const uncalled = new Script(source).createCachedData()
    assert.ok(cachedData.length > 3 * uncalled.length, `${cachedData.length}, ${uncalled.length}`)
    assert.equal(new Script(source, { cachedData }).cachedDataRejected, false)
  })

  it('is of one build only', async () => {
    await run('list')
    const [, build] = /^\/\*(\w{16})\*\//.exec(readFileSync(join(BUNDLE, 'agentvm.cjs'), 'latin1')) ?? []
    assert.deepEqual(builds(), [`agentvm-${build}-${process.version}-${process.arch}`])
  })

  it('has each part that a command reads, and one for what is seldom run', async () => {
    await run('spawn', 'a1', '--net', 'none', '--dry-run', '--', 'true')
    await run('profiles')
    await run('list')
    const names = readdirSync(dirname(fileOf('list-agentvm.cjs')))
    for (const name of ['spawn-agentvm.cjs', 'spawn-agents.cjs', 'others-agentvm.cjs'])
      assert.ok(names.includes(name), `${names}`)
    for (const name of names) assert.equal(statSync(fileOf(name)).mode & 0o777, 0o600)
  })

  it('is left as it is by the next run, and made anew when it is twice as old', async () => {
    await run('list', '-q')
    const first = inode('list-agentvm.cjs')
    await run('list', '-q')
    assert.equal(inode('list-agentvm.cjs'), first)
    age('list-agentvm.cjs', 20 * MINUTE_MS, 9 * MINUTE_MS)
    await run('list', '-q')
    assert.equal(inode('list-agentvm.cjs'), first)
    age('list-agentvm.cjs', 20 * MINUTE_MS, 11 * MINUTE_MS)
    await run('list')
    assert.notEqual(inode('list-agentvm.cjs'), first)
    const file = readFileSync(fileOf('list-agentvm.cjs'))
    const [began, ended] = [file.readDoubleLE(file.length - 16), file.readDoubleLE(file.length - 8)]
    assert.ok(ended - began >= 20 * MINUTE_MS)
  })

  it('is made anew where it is damaged', async () => {
    await run('list')
    const name = 'list-agentvm.cjs'
    const whole = readFileSync(fileOf(name))
    const torn = Buffer.from(whole)
    torn.fill(0, 8192, 12_288)
    for (const damaged of [Buffer.alloc(0), whole.subarray(0, 100_000), torn, Buffer.alloc(whole.length)]) {
      writeFileSync(fileOf(name), damaged)
      assert.equal(await run('list', '-q'), '')
      assert.ok(readFileSync(fileOf(name)).length > 100_000)
    }
  })

  it('lies nowhere where Node is told to have none', async () => {
    assert.equal((await call(['list'], { NODE_DISABLE_COMPILE_CACHE: '1' })).code, 0)
    assert.deepEqual(readdirSync(caches()), [])
  })

  it('loses builds that nobody has come back to for a month, and nothing else', async () => {
    const old = Date.now() / 1000 - 31 * 86_400
    for (const [name, isOld] of [
      ['agentvm-0-v1-x64', true],
      ['agentvm-1-v1-x64', false],
      ['else', true],
    ] as const) {
      mkdirSync(join(compiled(), name), { recursive: true })
      if (isOld) utimesSync(join(compiled(), name), old, old)
    }
    await run('list')
    assert.equal(existsSync(join(compiled(), 'agentvm-0-v1-x64')), false)
    assert.ok(existsSync(join(compiled(), 'agentvm-1-v1-x64')) && existsSync(join(compiled(), 'else')))
  })
})
