import assert from 'node:assert/strict'
import { linkInside } from '../../src/policy/program/links.ts'
import { parseShebang } from '../../src/policy/program/shebang.ts'
import { isShell, parseShellScript } from '../../src/policy/program/shell-script.ts'

describe("a script's first line", () => {
  const env = '/usr/bin/env'
  const cases: [line: string, expected: ReturnType<typeof parseShebang>][] = [
    ['#!/bin/sh', { path: '/bin/sh' }],
    ['#! /usr/bin/python3 -E', { path: '/usr/bin/python3' }],
    ['#!/usr/bin/env node', { path: env, name: 'node' }],
    ['#!/usr/bin/env node\r', { path: env, name: 'node' }],
    ['#!/usr/bin/env -S node --no-warnings', { path: env, name: 'node' }],
    ['#!/usr/bin/env -Snode --no-warnings', { path: env, name: 'node' }],
    ['#!/usr/bin/env --split-string=node -x', { path: env, name: 'node' }],
    ['#!/usr/bin/env -S -u NODE_OPTIONS A=b bun run', { path: env, name: 'bun' }],
    ['#!/usr/bin/env -i', { path: env }],
    ['#!node', undefined],
    ['#!', undefined],
    ['\x7fELF', undefined],
  ]
  for (const [line, expected] of cases) {
    it(`${JSON.stringify(line)} asks for ${expected?.name ?? expected?.path ?? 'nothing'}`, () => {
      assert.deepEqual(parseShebang(`${line}\nrest`), expected)
    })
  }
})

describe('a shell script that stands for a program', () => {
  const cases: [kind: string, text: string, expected: ReturnType<typeof parseShellScript>][] = [
    [
      "npm's and pnpm's",
      'exec "$basedir/node"  "$basedir/../x/cli.js" "$@"\nexec node  "$basedir/../x/cli.js"\n',
      { paths: ['./node', './../x/cli.js'], names: ['node'] },
    ],
    [
      "pnpm 12's",
      'exec node  "$basedir_abs"/\'../x/cli.js\' "$@"\n# cmd-shim-target=/p/x/cli.js\n',
      { paths: ['./../x/cli.js', '/p/x/cli.js'], names: ['node'] },
    ],
    [
      "Homebrew's",
      'FOO="x" exec "/brew/Cellar/x/libexec/x"  "$@"\n',
      { paths: ['/brew/Cellar/x/libexec/x'], names: [] },
    ],
    [
      "Python's",
      '\'\'\'exec\' /long/venv/bin/python "$0" "$@"\n',
      { paths: ['/long/venv/bin/python'], names: [] },
    ],
    ["a user's", 'exec -a "$0" "$(dirname "$0")/lib/run" "$@"\n', { paths: ['./lib/run'], names: [] }],
    ['one with variables', 'exec "$PROGRAM" "$@"; exec "/opt/$NAME/x"\n', { paths: [], names: [] }],
  ]
  for (const [kind, text, expected] of cases) {
    it(`says what it runs: ${kind}`, () => assert.deepEqual(parseShellScript(text), expected))
  }

  it('is known by its interpreter', () => {
    for (const shell of ['/bin/sh', 'bash', '/usr/bin/zsh']) assert.ok(isShell(shell))
    for (const other of ['node', '/usr/bin/fish-not', 'push']) assert.ok(!isShell(other))
  })
})

describe('a link made inside', () => {
  it('says what it says on the host', () => {
    const hop = { path: '/home/me/bin/cli', text: '../lib/cli', rest: [] }
    assert.deepEqual(linkInside(hop), { path: '/home/me/bin/cli', target: '../lib/cli' })
  })

  it('directly below / leaves the place to the sandbox and links what comes next', () => {
    for (const text of ['var/home', '/var/home', '/var/home/']) {
      assert.deepEqual(linkInside({ path: '/home', text, rest: ['me', 'bin'] }), {
        path: '/home/me',
        target: '/var/home/me',
      })
    }
  })
})
