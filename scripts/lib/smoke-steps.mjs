import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What an agent of the walk is: it shows what is typed, and goes on. */
const ECHO = ['--', 'cat']

const statusOf = (cli, name) => cli.json('list').find((row) => row.name === name)?.status

/**
 * What the bash tool's smoke test walks, in its order. Each step has a title and does one thing as a user does it.
 *
 * @type {[title: string, walk: (cli: import('./smoke-cli.mjs').SmokeCli) => void | Promise<void>][]}
 */
export const STEPS = [
  ['version', (cli) => assert.match(cli.ok('version'), /\d+\.\d+\.\d+/)],
  ['help', (cli) => assert.match(cli.ok('help'), /spawn/)],
  [
    'doctor',
    (cli) => {
      const { stdout } = cli.run('doctor')
      assert.match(stdout, /tmux/)
    },
  ],
  [
    'profiles',
    (cli) => {
      const text = cli.ok('profiles')
      for (const name of ['claude-code', 'codex', 'gemini', 'aider']) assert.ok(text.includes(name), name)
    },
  ],
  [
    'env: set, get, unset',
    (cli) => {
      cli.ok('env', 'set', 'SMOKE_KEY=a value')
      assert.equal(cli.ok('env', 'get', 'SMOKE_KEY'), 'a value\n')
      cli.ok('env', 'unset', 'SMOKE_KEY')
      assert.equal(cli.run('env', 'get', 'SMOKE_KEY').code, 1)
    },
  ],
  [
    'spawn, list, info',
    (cli) => {
      cli.ok('spawn', 'one', '-t', 'env=smoke', ...ECHO)
      assert.equal(cli.ok('list', '-q'), 'one\n')
      assert.ok(cli.ok('list', '--json').includes('"name":"one"'))
      assert.match(cli.ok('list'), /one +running/)
      assert.match(cli.ok('info', 'one'), /workspace/)
    },
  ],
  [
    'exec reaches the pane, logs show it',
    async (cli) => {
      cli.ok('exec', 'one', 'hello from the smoke test')
      await cli.until(() => assert.match(cli.ok('logs', 'one'), /hello from the smoke test\n.*hello from/s))
    },
  ],
  ['ps', (cli) => assert.equal(cli.json('ps')[0].name, 'one')],
  [
    'tags and filters',
    (cli) => {
      cli.ok('spawn', 'two', '-t', 'env=other', ...ECHO)
      assert.equal(cli.ok('list', '-q', '--tag', 'env=smoke'), 'one\n')
      assert.equal(cli.ok('list', '-q', '--status', 'running'), 'one\ntwo\n')
    },
  ],
  [
    'clone',
    (cli) => {
      writeFileSync(cli.path('workspaces', 'one', 'work.txt'), 'work\n')
      cli.ok('clone', 'one', 'copy')
      assert.equal(statusOf(cli, 'copy'), 'dead')
      assert.equal(cli.read('workspaces', 'copy', 'work.txt'), 'work\n')
    },
  ],
  [
    'rename',
    (cli) => {
      cli.ok('rename', 'copy', 'renamed')
      assert.equal(statusOf(cli, 'copy'), undefined)
      assert.equal(cli.read('workspaces', 'renamed', 'work.txt'), 'work\n')
    },
  ],
  [
    'broadcast to a tag',
    async (cli) => {
      cli.ok('broadcast', '--tag', 'env=smoke', 'to all of smoke')
      await cli.until(() => assert.match(cli.ok('logs', 'one'), /to all of smoke/))
      assert.doesNotMatch(cli.ok('logs', 'two'), /to all of smoke/)
    },
  ],
  [
    'restart keeps the tags',
    (cli) => {
      cli.ok('restart', 'one')
      assert.deepEqual(cli.json('info', 'one').tags, { env: 'smoke' })
      assert.equal(statusOf(cli, 'one'), 'running')
    },
  ],
  [
    'killall',
    (cli) => {
      cli.ok('killall', '--tag', 'env=other', '--force')
      assert.deepEqual([statusOf(cli, 'one'), statusOf(cli, 'two')], ['running', 'dead'])
      cli.ok('killall', '--force')
      assert.equal(cli.ok('list', '-q', '--status', 'running'), '')
    },
  ],
  [
    'clean',
    (cli) => {
      cli.ok('clean', '--force')
      assert.equal(cli.ok('list', '-q'), '')
      assert.ok(!existsSync(cli.path('workspaces', 'one')))
    },
  ],
  [
    'spawn --from-dir, diff lists a new file',
    async (cli) => {
      const project = join(cli.folder, 'project')
      mkdirSync(project)
      writeFileSync(join(project, 'there.txt'), 'there\n')
      cli.ok(
        'spawn',
        'seeded',
        '--from-dir',
        project,
        '--',
        'sh',
        '-c',
        'cat there.txt; echo new >new.txt; exec cat',
      )
      await cli.until(() => assert.equal(cli.read('workspaces', 'seeded', 'new.txt'), 'new\n'))
      const names = cli.ok('diff', 'seeded', '--name-only')
      assert.ok(names.includes('new.txt') && !names.includes('there.txt'), names)
    },
  ],
  [
    'open prints the path',
    (cli) => assert.equal(cli.ok('open', 'seeded').trim(), cli.path('workspaces', 'seeded')),
  ],
  [
    'completion',
    (cli) => {
      assert.match(cli.ok('completion', 'bash'), /_agentvm_complete/)
      assert.match(cli.ok('completion', 'zsh'), /^#compdef agentvm/m)
      assert.match(cli.ok('completion', 'fish'), /complete -c agentvm/)
    },
  ],
  [
    'run --name --timeout',
    (cli) => {
      assert.equal(cli.ok('run', '--name', 'once', '--timeout', '60', '--', 'echo', 'ran'), 'ran\n')
      assert.equal(cli.run('run', '--', 'sh', '-c', 'exit 7').code, 7)
      assert.equal(statusOf(cli, 'once'), undefined)
    },
  ],
  [
    'stats, history',
    (cli) => {
      assert.match(cli.ok('stats'), /\d/)
      assert.match(cli.ok('history'), /spawn/)
    },
  ],
  [
    'purge',
    (cli) => {
      cli.ok('purge', '--force')
      assert.equal(cli.ok('list', '-q'), '')
    },
  ],
]
