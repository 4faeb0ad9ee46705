import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findHostFacts } from '../../sandbox/bwrap/src/host-facts.ts'
import backend, { createBackend } from '../../sandbox/bwrap/src/index.ts'
import { explainRefusal } from '../../sandbox/bwrap/src/refusals.ts'

describe('the probe of bubblewrap', () => {
  const facts = findHostFacts()
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-probe-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  /** A bubblewrap that refuses with a message. */
  const refusing = (message: string) => {
    const path = join(folder, 'bwrap')
    writeFileSync(path, `#!/bin/sh\necho '${message}' >&2\nexit 1\n`, { mode: 0o755 })
    return createBackend({ ...facts, bwrap: path })
  }

  it('tells the version where it works, in less than 100 ms where nothing else holds it up', async () => {
    await backend.probe()
    const times = [Number.POSITIVE_INFINITY]
    for (let i = 0; i < 5 || (i < 100 && Math.min(...times) >= 100); i++) {
      const start = performance.now()
      const result = await backend.probe()
      times.push(performance.now() - start)
      assert.ok(result.ok && /^bubblewrap \d/.test(result.version ?? ''))
    }
    assert.ok(Math.min(...times) < 100, times.join(' '))
  })

  it('says that it isn’t installed', async () => {
    const result = await createBackend({ ...facts, bwrap: undefined }).probe()
    assert.ok(!result.ok && result.reason === 'bubblewrap is not installed' && result.fix)
  })

  it('says that it is too old', async () => {
    const result = await refusing('bwrap: Unknown option --disable-userns').probe()
    assert.ok(!result.ok && /too old/.test(result.reason) && result.fix)
  })

  it('repeats the message where it doesn’t know the cause', async () => {
    const result = await refusing('bwrap: the moon is full').probe()
    assert.deepEqual(result, {
      ok: false,
      reason: "bubblewrap can't make a sandbox here: bwrap: the moon is full",
    })
  })

  it('does not throw where it has been removed since', async () => {
    const result = await createBackend({ ...facts, bwrap: join(folder, 'gone') }).probe()
    assert.equal(result.ok, false)
  })

  it('explains why one that is installed setuid refuses ordinary users', function () {
    if (process.getuid?.() !== 0 || !facts.bwrap) return this.skip()
    const bwrap = join(folder, 'setuid-bwrap')
    copyFileSync(facts.bwrap, bwrap)
    chmodSync(bwrap, 0o4755)
    chmodSync(folder, 0o755)
    for (const options of [['--size', '4096', '--tmpfs', '/tmp'], ['--disable-userns']]) {
      const { status, stderr } = spawnSync(
        bwrap,
        ['--unshare-user', '--ro-bind', '/', '/', ...options, 'true'],
        {
          encoding: 'utf8',
          uid: 54_321,
          gid: 54_321,
        },
      )
      if (status === 0) return this.skip()
      const machine = { bwrap, isRoot: false, isSetuid: true, sysctl: () => undefined }
      const result = explainRefusal(stderr, machine)
      assert.ok(!result.ok && /setuid/.test(result.reason), stderr)
      assert.equal(result.fix, `sudo chmod u-s ${bwrap}`)
    }
  })
})
