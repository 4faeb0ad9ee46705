import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import fc from 'fast-check'
import { executingKeys } from '../../src/agents/diff/git-config.ts'
import { parseCommit } from '../../src/agents/diff/git-look.ts'
import { hostExecutedBy } from '../../src/agents/diff/host-executed.ts'
import { explainConnect, explainPath } from '../../src/policy/explain.ts'
import { homeOfEnvironment } from '../../src/policy/program/package-root.ts'
import { gitPaths } from '../../src/policy/protect/git-paths.ts'
import { patchLines } from '../../src/workspace/baseline/patch-lines.ts'
import { headCommit } from '../../src/workspace/head-commit.ts'
import { stripUserInfo } from '../../src/workspace/seed/credentials.ts'
import { allOf, check, fuzzing, nasty, nastyWith } from '../support/fuzz.ts'

const SHA = 'a'.repeat(40)

describe('repositories that agents have made', function () {
  this.timeout(120_000)
  const folder = mkdtempSync(join(tmpdir(), 'agentvm-fuzz-'))
  mkdirSync(join(folder, '.git', 'refs', 'heads'), { recursive: true })
  const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content)
  after(() => rmSync(folder, { recursive: true }))

  it('have a commit at their HEAD, or none, and lead nowhere else', () => {
    const text = fc.oneof(
      fc.uint8Array(),
      nastyWith('ref: ', 'refs/heads/', 'main', '..', '/', SHA, '\n', ' ', '# pack-refs\n'),
    )
    const holds = ([head, main, packed]: (string | Uint8Array)[]) => {
      write('.git/HEAD', head ?? '')
      write('.git/refs/heads/main', main ?? '')
      write('.git/packed-refs', packed ?? '')
      const { commit, reason } = headCommit(folder)
      assert.ok(commit === null ? reason !== null : /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit))
    }
    fc.assert(fc.property(fc.tuple(text, text, text), holds), fuzzing(100))
  })

  it('have configurations of which all that executes something is found', () => {
    const text = nastyWith(
      '[',
      ']',
      'core',
      ' "x"',
      '\n',
      'hooksPath = ',
      'fsmonitor',
      ' = ',
      'path=',
      '"',
      '\\',
      '#',
      ';',
      '[include]\n',
      'remote "origin"',
      'url = ext::sh',
      '\t',
      '  ',
    )
    check(fc.tuple(text, text), ([before, after]) => {
      const planted = `${before.includes('\\') ? '' : before}\n[core]\n\tsshCommand = evil\n${after}`
      assert.ok(executingKeys(planted).length > 0)
      assert.ok(
        hostExecutedBy({ path: '.git/config', isSymlink: false, text: () => planted, exists: () => false }),
      )
    })
    const holds = (config: string) => {
      write('.git/config', config)
      for (const { path } of gitPaths(folder, 'ro'))
        assert.ok(!posix.normalize(path).startsWith('..') && !path.startsWith('/'), path)
      write('pyvenv.cfg', `home = /usr/bin${config}`)
      assert.match(homeOfEnvironment(folder) ?? '/', /^\//)
    }
    fc.assert(fc.property(text, holds), fuzzing(100))
  })

  it('have commits with a time that is one, whatever git says', () => {
    const record = fc.tuple(
      nasty,
      nasty,
      fc.oneof(fc.bigInt().map(String), fc.double().map(String), nasty),
      nasty,
    )
    check(record, ([author, email, seconds, subject]) => {
      const commit = parseCommit(
        [SHA, author, email, seconds, subject].map((field) => field.replaceAll('\n', '')).join('\n'),
      )
      assert.match(commit?.time ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    })
  })

  it('differ by patches whose lines come one by one, however they are cut', async () => {
    const text = nastyWith(
      'diff --git a/0 b/1\n',
      '@@ -1 +1 @@\n',
      '+x\n',
      '-y\n',
      'rename from 0\n',
      'rename to 99\n',
      '\n',
      '\\',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 6 }), async (parts) => {
        const chunks = parts.map((part) => Buffer.from(part))
        const cut = await allOf(patchLines(stream(chunks), ['p', 'q'], (path) => path))
        const whole = await allOf(patchLines(stream([Buffer.concat(chunks)]), ['p', 'q'], (path) => path))
        assert.deepEqual(cut, whole)
      }),
      fuzzing(100),
    )
  })
})

describe('addresses and paths that are asked for', () => {
  it('lose what is secret in them', () => {
    const part = nastyWith('https://', 'ssh://', 'git@', 'user', ':', '@', 'host.test', '/', 'git+ssh://')
    check(fc.tuple(part, part), ([before, after]) => {
      const stripped = stripUserInfo(`${before} https://me:s3cretword@host.test/ ${after}`)
      assert.ok(!stripped.includes('s3cretword'), stripped)
      assert.equal(stripUserInfo(stripped), stripped)
    })
  })

  it('are open or not by a rule of the policy', () => {
    const mount = (path: string) => ({ source: path, target: path })
    const policy = {
      ...{
        workspace: mount('/w'),
        home: mount('/h'),
        readOnly: [mount('/ro')],
        readWrite: [],
        symlinks: [{ path: '/w/loop', target: 'loop' }],
      },
      ...{
        system: { readOnly: [mount('/usr')], symlinks: [{ path: '/bin', target: 'usr/bin' }], files: [] },
        protect: ['/w/.git/hooks'],
        sockets: [],
      },
      network: {
        mode: 'allowlist' as const,
        allow: [{ host: 'open.test', port: 443 }],
        proxy: { socket: '/s', port: 1 },
      },
    }
    const path = nastyWith('/', 'w', '..', 'loop', 'usr', 'bin', '.git', 'hooks', 'ro', '.')
    check(path, (text) => {
      const { allowed } = explainPath(policy, 'write', `/${text}`)
      if (posix.normalize(`/${text}`).startsWith('/usr')) assert.ok(!allowed)
    })
    check(nastyWith('open.test', ':', '443', '80', '.', '127.0.0.1', '[::1]'), (text) => {
      if (explainConnect(policy, text).allowed) assert.match(text.toLowerCase(), /^open\.test\.?(:0*443)?$/)
    })
  })
})

async function* stream(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks
}
