import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { isNewer } from '../../src/system/version.ts'
import { findInstallation } from '../../src/upgrade/installation.ts'
import { failedUpgrade, StuckError, switchOver } from '../../src/upgrade/swap.ts'
import { upgrade } from '../../src/upgrade/upgrade.ts'
import { schemaProblem } from '../support/output-schema.ts'

/** An agentvm that only knows its version, which its build copies from the sources. */
const BIN = `#!/bin/sh
here=$(dirname "$0")
[ -r "$here/../dist/version" ] && echo "{\\"version\\": \\"$(cat "$here/../dist/version")\\"}"
`
const SETUP = `import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
mkdirSync('dist', { recursive: true })
mkdirSync('node_modules/dep', { recursive: true })
mkdirSync('.cache', { recursive: true })
cpSync('version', 'dist/version')
writeFileSync('node_modules/dep/made-for', 'x')
`

describe('agentvm upgrade', function () {
  this.timeout(240_000)
  let folder: string
  const said: string[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-up-'))
    said.length = 0
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const options = (more: { check?: boolean; source?: string } = {}) => ({
    check: false,
    say: (what: string) => said.push(what),
    env: { ...process.env, npm_config_offline: 'true' },
    ...more,
  })
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
      cwd,
      encoding: 'utf8',
    }).trim()
  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text, { mode })
    chmodSync(path, mode)
  }
  const says = (root: string) =>
    JSON.parse(execFileSync(join(root, 'bin/agentvm'), ['version', '--json'], { encoding: 'utf8' })).version

  describe('of a git checkout', () => {
    let upstream: string
    let root: string
    beforeEach(() => {
      upstream = join(folder, 'upstream')
      root = join(folder, 'checkout')
      mkdirSync(upstream)
      git(upstream, 'init', '-q', '-b', 'main')
      write(join(upstream, '.gitignore'), 'dist/\nnode_modules/\n.cache/\n')
      write(join(upstream, 'bin/agentvm'), BIN, 0o755)
      write(join(upstream, 'scripts/setup.mjs'), SETUP)
      release('0.5.0')
      git(folder, 'clone', '-q', upstream, root)
      execFileSync(process.execPath, ['scripts/setup.mjs'], { cwd: root })
    })

    function release(version: string): void {
      write(join(upstream, 'package.json'), JSON.stringify({ name: 'agentvm', version }))
      write(join(upstream, 'version'), version)
      git(upstream, 'add', '-A')
      git(upstream, 'commit', '-q', '-m', version)
    }

    /** Nothing of an upgrade is left, and the old version works. */
    function isAsItWas(commit: string): void {
      assert.equal(says(root), '0.5.0')
      assert.equal(git(root, 'rev-parse', 'HEAD'), commit)
      assert.equal(git(root, 'status', '--porcelain'), '')
      assert.deepEqual(readdirSync(join(root, '.cache')), [])
      assert.equal(git(root, 'worktree', 'list').split('\n').length, 1)
    }

    it('builds the new version aside, switches, and says from which version to which', async () => {
      release('0.6.0')
      const result = await upgrade(root, options())
      assert.deepEqual([result.from, result.to, result.upgraded], ['0.5.0', '0.6.0', true])
      assert.equal(schemaProblem('upgrade', JSON.stringify(result)), undefined)
      assert.deepEqual(said, ['fetching origin/main', 'building the new version aside', 'switching'])
      assert.equal(says(root), '0.6.0')
      assert.equal(git(root, 'rev-parse', 'HEAD'), git(upstream, 'rev-parse', 'HEAD'))
      assert.equal(git(root, 'status', '--porcelain'), '')
      assert.deepEqual(readdirSync(join(root, '.cache')), [])
    })

    it('cleans up after an upgrade that was killed', async () => {
      release('0.6.0')
      git(root, 'fetch', '-q')
      const left = join(root, '.cache/upgrade-killed/new')
      git(root, 'worktree', 'add', '-q', '--detach', left, 'origin/main')
      write(join(root, '.cache/upgrade.lock'), '999999:1')
      assert.equal((await upgrade(root, options())).upgraded, true)
      assert.deepEqual(readdirSync(join(root, '.cache')), [])
      assert.equal(git(root, 'worktree', 'list').split('\n').length, 1)
    })

    it('only looks with --check, and knows when there is nothing newer', async () => {
      assert.equal((await upgrade(root, options())).available, false)
      release('0.6.0')
      const { available, upgraded, to } = await upgrade(root, options({ check: true }))
      assert.deepEqual([available, upgraded, to], [true, false, '0.6.0'])
      assert.equal(says(root), '0.5.0')
    })

    it('refuses a checkout with changes, with commits of its own, or on no branch', async () => {
      release('0.6.0')
      write(join(root, 'version'), 'mine')
      await assert.rejects(upgrade(root, options()), /has changes: version/)
      assert.equal((await upgrade(root, options({ check: true }))).available, true)
      git(root, 'commit', '-qam', 'mine')
      await assert.rejects(upgrade(root, options()), /has 1 commits of its own/)
      git(root, 'checkout', '-q', '--detach')
      await assert.rejects(upgrade(root, options()), /follows no branch/)
      assert.equal(says(root), '0.5.0')
    })

    it('leaves the old version where the new one does not build', async () => {
      const before = git(root, 'rev-parse', 'HEAD')
      write(join(upstream, 'scripts/setup.mjs'), 'process.exit(1)')
      release('0.6.0')
      await assert.rejects(
        upgrade(root, options()),
        /the upgrade failed, and agentvm is as it was: .*setup\.mjs failed/,
      )
      isAsItWas(before)
    })

    it('leaves the old version where the new one does not run', async () => {
      const before = git(root, 'rev-parse', 'HEAD')
      write(join(upstream, 'bin/agentvm'), '#!/bin/sh\nexit 1\n', 0o755)
      release('0.6.0')
      await assert.rejects(upgrade(root, options()), /as it was: the new agentvm does not run/)
      isAsItWas(before)
    })

    it('puts everything back where it fails while it switches', async () => {
      const before = git(root, 'rev-parse', 'HEAD')
      // A file that is in the way of the fast-forward, and that git ignores until then.
      release('0.6.0')
      write(join(root, 'new-file'), 'untracked, and in the way')
      write(join(upstream, 'new-file'), 'of the release')
      release('0.6.1')
      await assert.rejects(upgrade(root, options()), /the upgrade failed, and agentvm is as it was/)
      rmSync(join(root, 'new-file'))
      isAsItWas(before)
      assert.ok(existsSync(join(root, 'node_modules/dep/made-for')))
    })

    it('says that the upstream cannot be reached', async () => {
      rmSync(upstream, { recursive: true })
      await assert.rejects(upgrade(root, options()), /git can't fetch/)
    })
  })

  describe('of a global npm install', () => {
    let root: string
    beforeEach(() => {
      root = join(folder, 'prefix/lib/node_modules/agentvm')
      npm('install', '--global', '--prefix', join(folder, 'prefix'), tarball('0.5.0'))
    })

    const npm = (...args: string[]) =>
      execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund', '--loglevel=error'], {
        cwd: folder,
        encoding: 'utf8',
      })
    function tarball(version: string, bin = BIN, oclif = { bin: 'agentvm' }): string {
      const source = join(folder, `source-${version}`)
      const pjson = { name: 'agentvm', version, bin: { agentvm: 'bin/agentvm' }, oclif }
      write(join(source, 'package.json'), JSON.stringify(pjson))
      write(join(source, 'bin/agentvm'), bin, 0o755)
      write(join(source, 'dist/version'), version)
      npm('pack', source)
      return join(folder, `agentvm-${version}.tgz`)
    }

    it('installs the newer package aside, and switches', async () => {
      const result = await upgrade(root, options({ source: tarball('0.6.0') }))
      assert.deepEqual(
        [result.method, result.from, result.to, result.upgraded],
        ['npm', '0.5.0', '0.6.0', true],
      )
      assert.equal(says(root), '0.6.0')
      assert.deepEqual(readdirSync(dirname(root)), ['agentvm'])
    })

    it('leaves the old version where the new one does not run, or is not there', async () => {
      const broken = tarball('0.6.0', '#!/bin/sh\nexit 1\n')
      await assert.rejects(
        upgrade(root, options({ source: broken })),
        /as it was: the new agentvm does not run/,
      )
      await assert.rejects(
        upgrade(root, options({ source: join(folder, 'none.tgz') })),
        /as it was: .*no such file.*none\.tgz/i,
      )
      assert.equal(says(root), '0.5.0')
      assert.deepEqual(readdirSync(dirname(root)), ['agentvm'])
    })

    it('runs nothing of another program that has the same name', async () => {
      const ran = join(folder, 'ran')
      const stranger = tarball('9.0.0', `#!/bin/sh\ntouch '${ran}'\n`, { bin: 'other' })
      await assert.rejects(upgrade(root, options({ source: stranger })), /another program of the same name/)
      assert.ok(!existsSync(ran))
      assert.equal(says(root), '0.5.0')
    })

    it('says so when npm cannot tell the newest version', async () => {
      await assert.rejects(upgrade(root, options()), /npm doesn't say what the newest version is/)
    })
  })

  it('keeps the old files where they cannot be put back, and says where they are', async () => {
    const error = await switchOver({
      swap: () => () => {
        throw new Error('no way back')
      },
      follow: async () => {
        throw new Error('no way on')
      },
      unfollow: async () => {},
    }).catch((thrown: Error) => thrown)
    assert.ok(error instanceof StuckError)
    assert.match(failedUpgrade(error, '/aside').message, /no way back; the old files are in \/aside\/old/)
  })

  it('says how where it was installed in another way', async () => {
    const root = join(folder, 'project/node_modules/agentvm')
    mkdirSync(root, { recursive: true })
    assert.equal(findInstallation(root).method, 'other')
    await assert.rejects(upgrade(root, options()), (error: Error & { fix?: string }) => {
      assert.match(error.fix ?? '', /cd .*\/project && npm install agentvm@latest/)
      return true
    })
  })

  it('compares versions by their numbers', () => {
    assert.ok(isNewer('0.10.0', '0.9.9'))
    assert.ok(isNewer('1.0.0', '1.0.0-rc.1'))
    assert.ok(!isNewer('0.5.0', '0.5.0'))
    assert.ok(!isNewer('0.4.9', '0.5.0'))
  })
})
