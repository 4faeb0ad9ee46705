import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SandboxBackend } from '@agentvm/sdk'
import { allProbes, type ProbeReport, probeSandbox } from '../../plugins/sdk/src/testing/index.ts'
import none from '../../sandbox/none/src/index.ts'
import { TestHome } from '../support/agentvm.ts'
import { ROOT } from '../support/cli-installed.ts'

/** A backend that claims to isolate, and doesn't. */
const liar: SandboxBackend = { ...none, id: 'liar', capabilities: { ...none.capabilities, isolates: true } }
const ids = (reports: readonly ProbeReport[], outcome: ProbeReport['outcome']) =>
  reports.filter((report) => report.outcome === outcome).map(({ id }) => id)

describe('the conformance kit for sandboxes', function () {
  this.timeout(240_000)

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
    // Where this machine has no such service, a decoy shows that the attack works; the first process is the liar's own.
    const elsewhere = /^ipc\/(dbus|docker)$|^file-read\/by-first-process$/
    assert.deepEqual(
      ids(reports, 'held').filter((id) => !/^(env|fail-closed)\//.test(id) && !elsewhere.test(id)),
      [],
    )
  })

  it('is run by doctor on what isolates only', async () => {
    const home = new TestHome()
    try {
      assert.equal((await home.run(['doctor', '--probe', '--sandbox', 'none'])).code, 2)
    } finally {
      await home.remove()
    }
  })

  it('has a probe or a test for every finding that the security page lists', () => {
    const page = readFileSync(join(ROOT, 'docs/security.md'), 'utf8')
    const rows = page.slice(page.indexOf('| finding |')).split('\n\n', 1)[0]?.split('\n').slice(2) ?? []
    const known = new Set(
      [...allProbes('x64'), ...['nul-byte', 'mount-absent'].map((id) => ({ id: `fail-closed/${id}` }))].map(
        ({ id }) => id,
      ),
    )
    assert.ok(rows.length >= 20)
    for (const row of rows) {
      const shown = [...(row.split('|')[2] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
      assert.ok(shown.length > 0, row)
      for (const name of shown) assert.ok(known.has(name) || existsSync(join(ROOT, 'test', name)), name)
    }
  })
})
