import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Registry } from '../support/registry.ts'

describe('the registry of the tests, by the real npm', function () {
  this.timeout(60_000)
  let registry: Registry
  let folder: string
  before(async () => {
    registry = await Registry.start()
    folder = mkdtempSync(join(tmpdir(), 'agentvm-registry-test-'))
    writeFileSync(join(folder, 'package.json'), '{"private": true}')
    registry.add({ name: 'needs', version: '1.0.0', dependencies: { '@scope/given': '^1.0.0' } })
  })
  after(() => {
    registry.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const npm = (...args: string[]) =>
    promisify(execFile)('npm', args, { cwd: folder, env: { ...process.env, ...registry.env() } })

  it('takes what npm publishes, once, and hands it out with what it needs', async () => {
    const given = join(folder, 'given')
    mkdirSync(given)
    writeFileSync(
      join(given, 'package.json'),
      '{"name": "@scope/given", "version": "1.2.0", "files": ["a.js"]}',
    )
    for (const file of ['a.js', 'b.js']) writeFileSync(join(given, file), '')
    await registry.publish(given)
    await assert.rejects(registry.publish(given))
    await npm('install', 'needs')
    const installed = (path: string) => readFileSync(join(folder, 'node_modules', path), 'utf8')
    assert.equal(JSON.parse(installed('@scope/given/package.json')).version, '1.2.0')
    assert.throws(() => installed('@scope/given/b.js'))
  })

  it('breaks as it is told to', async () => {
    registry.add({ name: 'broken', version: '1.0.0' })
    registry.break('broken', 'corrupt')
    await assert.rejects(npm('install', 'broken'), /EINTEGRITY/)
    await assert.rejects(npm('install', 'nowhere'), /E404/)
  })
})
