import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { SandboxBackend } from '@agentvm/sdk'
import { allProbes, type ProbeReport, probeSandbox } from '../../plugins/sdk/src/testing/index.ts'
import none from '../../sandbox/none/src/index.ts'
import { TestHome } from '../support/agentvm.ts'
import { ACTORS } from '../support/wrapped.ts'

/** A backend that claims to isolate, and doesn't. */
const liar: SandboxBackend = { ...none, id: 'liar', capabilities: { ...none.capabilities, isolates: true } }
const ids = (reports: readonly ProbeReport[], outcome: ProbeReport['outcome']) =>
  reports.filter((report) => report.outcome === outcome).map(({ id }) => id)

describe('the conformance kit for sandboxes', function () {
  this.timeout(60_000)

  it('has well over a hundred probes, each with a name of its own, in every class', () => {
    const probes = allProbes('x64')
    assert.ok(probes.length >= 150)
    assert.equal(new Set(probes.map(({ id }) => id)).size, probes.length)
    assert.equal(new Set(probes.map((probe) => probe.class)).size, 9)
    assert.equal(allProbes('arm64').length, probes.length)
  })

  it('finds a hole by nearly every probe in what doesn’t isolate: none passes by being broken', async () => {
    const reports = await probeSandbox(liar)
    const holes = ids(reports, 'hole')
    assert.ok(holes.length > 120, `${holes.length} holes`)
    assert.deepEqual(
      ids(reports, 'held').filter((id) => !/^(env|fail-closed)\//.test(id)),
      [],
    )
  })

  for (const { name, uid, gid } of ACTORS) {
    it(`finds no hole in bubblewrap as ${name}, and few attacks that it can’t show`, () => {
      const script = join(import.meta.dirname, '..', 'support', 'probe-bwrap.ts')
      const { stdout, stderr, status } = spawnSync(process.execPath, [script], {
        ...{ uid, gid, cwd: '/', encoding: 'utf8' },
        env: { PATH: process.env.PATH, HOME: '/' },
      })
      // A checkout that only root can read can't be tried as somebody else.
      if (status !== 0 && uid !== 0 && /EACCES|MODULE_NOT_FOUND/.test(stderr)) return
      assert.equal(status, 0, stderr)
      const reports = JSON.parse(stdout) as ProbeReport[]
      assert.deepEqual(ids(reports, 'hole'), [])
      const held = ids(reports, 'held').length
      assert.ok(held >= 100, `${held} held; unproven: ${ids(reports, 'unproven').join(' ')}`)
    })
  }

  it('is run by doctor, with a score by class', async () => {
    const home = new TestHome()
    try {
      const scores = await home.json<{ sandbox: string; held: number; classes: { holes: string[] }[] }[]>(
        'doctor',
        '--probe',
      )
      assert.deepEqual(
        scores.map(({ sandbox }) => sandbox),
        ['bwrap'],
      )
      assert.ok(scores.every(({ classes }) => classes.every(({ holes }) => holes.length === 0)))
      assert.match(
        await home.ok('doctor', '--probe', '--sandbox', 'bwrap'),
        /attacks worked without the sandbox/,
      )
      assert.equal((await home.run(['doctor', '--probe', '--sandbox', 'none'])).code, 2)
    } finally {
      await home.remove()
    }
  })
})
