import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FaultyHome } from '../support/faults/faulty-home.ts'

describe('an error that nobody has thought of', () => {
  let home: FaultyHome
  beforeEach(() => {
    home = new FaultyHome()
  })
  afterEach(() => home.remove())

  const set = ['config', 'set', 'AGENTVM_TRASH_DAYS=5']

  it('is one line that says where the report is, which holds no keys', async () => {
    await home.ok('env', 'set', 'PROVIDER_KEY=sk-0123456789abcdef')
    const { code, stderr, stdout } = await home.runFaulty(['env', 'set', 'OTHER=sk-0123456789abcdef'], {
      at: 5,
      kind: 'ESTRANGE',
    })
    assert.deepEqual([code, stdout], [1, ''])
    const [, path = ''] = /^agentvm: unexpected: ESTRANGE.*\n.*please report it with (\S+)/.exec(stderr) ?? []
    assert.equal(stderr.trimEnd().split('\n').length, 2, stderr)
    const report = readFileSync(path, 'utf8')
    assert.match(report, /agentvm \d+\.\d+.*\ncommand: env:set\n[\s\S]*\n +at /)
    assert.doesNotMatch(report, /sk-0123/)
    assert.equal(statSync(path).mode & 0o777, 0o600)
  })

  it('is kept for the twenty latest times', async () => {
    mkdirSync(home.file('reports'), { recursive: true })
    for (let index = 10; index < 40; index += 1)
      writeFileSync(home.file('reports', `crash-19${index}.txt`), 'old')
    await home.runFaulty(set, { at: 5, kind: 'ESTRANGE' })
    const kept = readdirSync(home.file('reports')).sort()
    assert.deepEqual([kept.length, kept[0]], [20, 'crash-1921.txt'])
    assert.match(readFileSync(home.file('reports', kept.at(-1) ?? ''), 'utf8'), /ESTRANGE/)
  })

  for (const [kind, words] of [
    ['ENOSPC', /the disk is full\n {2}→ free some space on the disk of /],
    ['EDQUOT', /your disk quota is used up/],
    ['EROFS', /read-only file system/],
    ['EIO', /the disk reports an error/],
    ['EMFILE', /too many open files/],
  ] as const) {
    it(`is none where the system says ${kind}: that is told in words`, async () => {
      const effects = await home.effects(set)
      const at = effects.findIndex((effect) => / open .*\.config/.test(effect)) + 1
      const { code, stderr } = await home.runFaulty(['config', 'set', 'AGENTVM_TRASH_DAYS=6'], { at, kind })
      assert.equal(code, 1)
      assert.match(stderr, words)
      assert.equal(stderr.trimEnd().split('\n').length, 2, stderr)
      assert.equal(await home.ok('config', 'get', 'AGENTVM_TRASH_DAYS'), '5\n')
    })
  }
})

describe('agentvm doctor --bundle', function () {
  this.timeout(240_000)
  it('packs what helps to find a fault, without keys, prompts, commands and names', async () => {
    const home = new FaultyHome()
    try {
      await home.ok('env', 'set', 'PROVIDER_KEY=sk-0123456789abcdef')
      await home.ok('config', 'set', 'AGENTVM_ALLOW=internal.example.org')
      await home.ok(
        'run',
        '--keep',
        '--name',
        'private-name',
        '-m',
        'my prompt',
        '--net',
        'none',
        '--',
        'echo',
        'my-command',
      )
      await home.runFaulty(['env', 'set', 'OTHER=sk-0123456789abcdef'], { at: 5, kind: 'ESTRANGE' })
      const path = join(home.path, '..', 'bundle.tar.gz')
      const { files } = await home.json<{ files: string[] }>('doctor', '--bundle', '-o', path)
      assert.deepEqual(files.slice(0, 1).concat(files.slice(2)), [
        'agents.json',
        'doctor.json',
        'journal.txt',
        'settings.json',
        'versions.json',
      ])
      assert.equal(statSync(path).mode & 0o777, 0o600)
      const text = execFileSync('tar', ['-xzOf', path], { encoding: 'utf8' })
      assert.match(text, /"end_reason": "exited"|"exit_code": 0/)
      assert.match(text, /ESTRANGE/)
      assert.doesNotMatch(text, /sk-0123|private-name|my prompt|my-command|internal\.example/)
      assert.ok(!text.includes(home.path))
      // What one left that died at its last step goes, also by one that is refused.
      const temporary = join(home.path, '..', 'temporary')
      const { pid } = spawnSync('true')
      mkdirSync(join(temporary, `agentvm-bundle-${pid}-abcdef`), { recursive: true })
      const env = { TMPDIR: temporary }
      const again = await home.run(['doctor', '--bundle', '-o', path], { env })
      assert.deepEqual([again.code, /is there already/.test(again.stderr)], [2, true])
      assert.deepEqual(readdirSync(temporary), [])
    } finally {
      await home.remove()
    }
  })
})
