import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { type WrittenPlugin, writeNewPlugin } from '../../src/extensions/new-plugin.ts'
import { TestHome, until } from '../support/agentvm.ts'
import { ROOT } from '../support/cli-installed.ts'

const KINDS = ['profile', 'sandbox', 'identity', 'hook'] as const

describe('agentvm plugins new', function () {
  this.timeout(240_000)
  let home: TestHome
  let folder: string
  let env: Record<string, string>

  before(() => {
    home = new TestHome()
    folder = dirname(home.path)
    env = { PATH: `${folder}/bin:${process.env.PATH}`, XDG_STATE_HOME: join(folder, 'state') }
    installSdk()
  })
  after(() => home.remove())

  const agentvm = async (...args: string[]) => {
    const ran = await home.run(args, { env, cwd: folder })
    assert.equal(ran.code, 0, `${args.join(' ')}\n${ran.stdout}${ran.stderr}`)
    return ran.stdout
  }

  /** The SDK as npm packs it, and the tools of ours, where Node finds them from every plugin in the folder. */
  function installSdk(): void {
    const modules = join(folder, 'node_modules')
    mkdirSync(join(modules, '@agentvm'), { recursive: true })
    const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
      cwd: join(ROOT, 'plugins/sdk'),
      encoding: 'utf8',
    })
    execFileSync('tar', ['-xzf', join(folder, packed.trim()), '-C', modules])
    renameSync(join(modules, 'package'), join(modules, '@agentvm/sdk'))
    for (const name of ['valibot', 'typescript', '@typescript', '@types', 'undici-types', '.bin'])
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  }

  for (const kind of KINDS) {
    it(`writes a ${kind} whose own tests pass, that is published without them, and that can be linked`, async () => {
      const written: WrittenPlugin = JSON.parse(await agentvm('plugins', 'new', kind, `my-${kind}`, '--json'))
      assert.deepEqual(
        [written.package, written.folder],
        [`agentvm-${kind}-my-${kind}`, join(folder, `agentvm-${kind}-my-${kind}`)],
      )
      for (const path of written.files)
        assert.doesNotMatch(
          readFileSync(join(written.folder, path), 'utf8'),
          /template.name|0\.0\.0-sdk/i,
          path,
        )
      const tested = spawnSync('npm', ['test'], {
        ...{ cwd: written.folder, encoding: 'utf8' },
        env: { ...process.env, NODE_V8_COVERAGE: '', NODE_OPTIONS: '' },
      })
      assert.equal(tested.status, 0, tested.stdout + tested.stderr)
      assert.match(tested.stdout, /pass \d\d/)
      const [tarball] = Object.values(
        JSON.parse(
          execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
            cwd: written.folder,
            encoding: 'utf8',
          }),
        ) as { files: { path: string }[] }[],
      )
      const published = tarball?.files.map(({ path }) => path) ?? []
      assert.ok(published.includes('README.md') && published.some((path) => /^dist\/.*\.d\.ts$/.test(path)))
      assert.deepEqual(
        published.filter((path) => /test|^src/.test(path)),
        [],
      )
      const linked = await home.run(['plugins', 'link', written.folder], { env })
      assert.deepEqual([linked.code, linked.stderr], [0, ''])
    })
  }

  it('writes plugins that agentvm uses: a profile, a sandbox, an identity, hooks', async () => {
    mkdirSync(join(folder, 'bin'))
    writeFileSync(join(folder, 'bin/my-profile'), '#!/bin/sh\nprintf "> "\nexec cat\n')
    chmodSync(join(folder, 'bin/my-profile'), 0o755)
    await agentvm('spawn', 'p1', '-p', 'my-profile', '--net', 'none')
    await until(
      async () => JSON.parse(await agentvm('list', '--json'))[0].activity === 'idle',
      'the prompt, as the profile’s rules know it',
    )
    assert.match(JSON.parse(await agentvm('info', 'p1', '--json')).tags.host, /./)

    const nice = await agentvm('run', '--sandbox', 'my-sandbox', '--', '/usr/bin/nice')
    assert.ok(Number(nice) >= 5, nice)

    await agentvm('config', 'set', 'AGENTVM_IDENTITY=my-identity')
    const commit = 'git init -q . && git commit -q --allow-empty -m x && git cat-file commit HEAD'
    await agentvm('spawn', 'i1', '--id', '--net', 'none', '--', 'sh', '-c', commit)
    await agentvm('wait', 'i1')
    assert.match(await agentvm('logs', 'i1'), /BEGIN SSH SIGNATURE/)
    await agentvm('clone', 'i1', 'i2')
    // An agent stays with who gave it its identity.
    await agentvm('config', 'unset', 'AGENTVM_IDENTITY')
    await agentvm('restart', 'i1', 'i2')
    await agentvm('wait', 'i1', 'i2')
    const [one, two] = JSON.parse(await agentvm('identity', 'list', '--json'))
    assert.match(one.did, /^did:key:/)
    assert.match(two.did, /^did:key:/)
    assert.notEqual(one.did, two.did)
    await agentvm('list')
    const exits = readFileSync(join(folder, 'state/my-hook/exits.jsonl'), 'utf8')
    assert.match(exits, /"name":"i1","exit_code":0,"reason":"exited"/)
  })

  it('writes over nothing, and refuses names that npm or agentvm could not take', async () => {
    mkdirSync(join(folder, 'used'))
    writeFileSync(join(folder, 'used/file'), 'mine')
    mkdirSync(join(folder, 'empty'))
    const refused = async (code: number, problem: RegExp, ...args: string[]) => {
      const ran = await home.run(['plugins', 'new', ...args], { env, cwd: folder })
      assert.equal(ran.code, code)
      assert.match(ran.stderr, problem)
    }
    await refused(1, /used is there already, and not empty/, 'hook', 'x', '--dir', 'used')
    await refused(1, /used\/file is there already/, 'hook', 'x', '--dir', 'used/file')
    await refused(1, /there is no folder .*\/none/, 'hook', 'x', '--dir', 'none/x')
    await refused(1, /there is no folder .*used\/file/, 'hook', 'x', '--dir', 'used/file/x')
    await refused(1, /\/proc\/x can't be written/, 'hook', 'x', '--dir', '/proc/x')
    await refused(2, /'X' is no name for a hook/, 'hook', 'X')
    for (const name of ['../x', '1a', 'a_b', 'a-', 'é', '', 'a'.repeat(64)])
      assert.throws(() => writeNewPlugin(ROOT, { kind: 'hook', name }), /is no name for a hook/)
    for (const scope of ['acme', '@', '@a/b', '@../x'])
      assert.throws(() => writeNewPlugin(ROOT, { kind: 'hook', name: 'x', scope }), /is no npm scope/)
    await refused(2, /expected .* to be one of: profile, sandbox, identity, hook/, 'plugin', 'x')
    assert.equal(readFileSync(join(folder, 'used/file'), 'utf8'), 'mine')
    await agentvm('plugins', 'new', 'hook', 'x', '--dir', 'empty', '--scope', '@acme')
    assert.equal(
      JSON.parse(readFileSync(join(folder, 'empty/package.json'), 'utf8')).name,
      '@acme/agentvm-hook-x',
    )
    assert.ok(existsSync(join(folder, 'empty/.gitignore')))
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('.')),
      [],
    )
  })

  it('has templates with the tools and the licence that agentvm has itself', () => {
    const own = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    for (const kind of KINDS) {
      const { devDependencies, license, engines } = JSON.parse(
        readFileSync(join(ROOT, 'templates', kind, 'package.json'), 'utf8'),
      )
      for (const [name, version] of Object.entries(devDependencies))
        assert.equal(version, own.devDependencies[name], `${kind}: ${name}`)
      assert.deepEqual([license, engines], [own.license, own.engines])
    }
  })
})
