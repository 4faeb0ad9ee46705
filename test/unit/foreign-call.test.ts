import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SandboxBackend } from '@agentvm/sdk'
import { callForeign, loadForeign } from '../../src/extensions/foreign-call.ts'
import { guarded } from '../../src/extensions/guard.ts'
import { inTime } from '../../src/extensions/run-hook.ts'

describe('code of a plugin', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-foreign-'))
    const files = {
      'package.json': '{"type": "module"}',
      'module.js': 'export default () => 1',
      'awaits.js': 'await 1; export default () => 2',
      'common.cjs': 'module.exports = { default: () => 3 }',
      'loops.js': 'for (;;);',
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('is loaded in each form of a module, also without its ending', async () => {
    for (const [target, result] of [
      ['module.js', 1],
      ['./module', 1],
      ['awaits.js', 2],
      ['common.cjs', 3],
    ] as const) {
      const { default: found } = await loadForeign(folder, target, 20_000)
      assert.equal((found as () => number)(), result, target)
    }
    await assert.rejects(loadForeign(folder, 'gone.js', 20_000), /its module gone\.js is missing/)
  })

  it('is ended where it loops, while it is loaded and when it is called', async () => {
    await assert.rejects(loadForeign(folder, 'loops.js', 50), /takes longer than 0\.05 seconds/)
    const loop = () => {
      for (;;);
    }
    assert.throws(() => callForeign(loop, 50), /takes longer than 0\.05 seconds/)
    assert.equal(
      callForeign(() => 4, 20_000),
      4,
    )
  })

  it('is not charged for time in which another kept the process', async () => {
    const soon = new Promise((resolve) => setTimeout(() => setImmediate(resolve, 'done'), 1))
    const result = inTime(soon, 50)
    const end = performance.now() + 200
    while (performance.now() < end);
    assert.equal(await result, 'done')
    await assert.rejects(inTime(new Promise(() => {}), 20), /takes longer than 0\.02 seconds/)
  })

  it('throws errors that name the plugin out of its functions, and says of a probe that it does not work', async () => {
    const broken = {
      id: 'broken',
      probe: async () => ({ ok: 'yes' }),
      wrap: () => {
        throw new Error('no\u001b[2J')
      },
      stop: async () => {
        throw new Error('never')
      },
    } as unknown as SandboxBackend
    const backend = guarded('some-plugin', broken)
    assert.equal(backend.id, 'broken')
    const probe = await backend.probe()
    assert.match(probe.ok ? '' : probe.reason, /^plugin some-plugin: probe\(\): ok: /)
    assert.throws(
      () => backend.wrap({} as never, ['x']),
      /^PluginError: plugin some-plugin: wrap\(\): no\^\[\[2J$/,
    )
    await assert.rejects(
      async () => backend.stop?.({ agentId: 'a', pid: 1 }),
      /plugin some-plugin: stop\(\): never/,
    )
  })
})
