import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import type { FaultyHome } from '../faulty-home.ts'
import { type FaultScenario, nothing, one, userFile } from '../scenario.ts'

const twoKeys = async (home: FaultyHome) => {
  await one(home)
  await home.ok('env', 'set', 'FIRST=one')
  await home.ok('env', 'set', 'SECOND=two')
}
const CONFIG = '# mine\nAGENTVM_TRASH_DAYS=9\n'
const ownConfig = async (home: FaultyHome) => {
  mkdirSync(home.path, { mode: 0o700 })
  writeFileSync(home.file('config'), CONFIG, { mode: 0o600 })
}

/** An editor that adds a line. */
const adds = (line: string) => async () => ({ env: { EDITOR: `echo ${line} >>` }, stop: () => {} })

/** The files of keys and settings, what is made of them, and what is written for support. */
export const SETTINGS_SCENARIOS: FaultScenario[] = [
  {
    title: 'env set',
    prepare: twoKeys,
    command: ['env', 'set', 'SECOND=other'],
    whole: (home) => assert.match(home.read('env'), /^FIRST=.?one.?\nSECOND=.?(?:two|other).?\n$/m),
    after: async (home) => {
      assert.deepEqual(
        [await home.ok('env', 'get', 'FIRST'), await home.ok('env', 'get', 'SECOND')],
        ['one\n', 'other\n'],
      )
    },
  },
  {
    title: 'env unset',
    prepare: twoKeys,
    command: ['env', 'unset', 'SECOND'],
    doneAlready: /SECOND/,
    whole: (home) => assert.match(home.read('env'), /^FIRST=.?one.?\n(?:SECOND=.?two.?\n)?$/m),
    after: async (home) => assert.doesNotMatch(home.read('env'), /SECOND/),
  },
  {
    title: 'env edit',
    serve: adds('THIRD=three'),
    prepare: twoKeys,
    command: ['env', 'edit'],
    whole: (home) => assert.match(home.read('env'), /^FIRST=.?one.?\nSECOND=.?two.?\n(?:THIRD=three\n)?$/m),
    after: async (home) => assert.match(home.read('env'), /SECOND=.?two.?\nTHIRD=three\n/),
  },
  {
    title: 'config set',
    prepare: ownConfig,
    command: ['config', 'set', 'AGENTVM_KILL_GRACE=2'],
    whole: (home) => assert.ok(home.read('config').startsWith(CONFIG)),
    after: async (home) =>
      assert.match(home.read('config'), /^# mine\nAGENTVM_TRASH_DAYS=9\n.*AGENTVM_KILL_GRACE=/s),
  },
  {
    title: 'config unset',
    prepare: ownConfig,
    command: ['config', 'unset', 'AGENTVM_TRASH_DAYS'],
    doneAlready: /AGENTVM_TRASH_DAYS/,
    whole: (home) => assert.match(home.read('config'), /^# mine\n(?:AGENTVM_TRASH_DAYS=9\n)?$/),
    after: async (home) => assert.equal(home.read('config'), '# mine\n'),
  },
  {
    title: 'config edit',
    serve: adds('AGENTVM_KILL_GRACE=2'),
    prepare: ownConfig,
    command: ['config', 'edit'],
    whole: (home) => assert.ok(home.read('config').startsWith(CONFIG)),
    after: async (home) => assert.match(home.read('config'), /AGENTVM_KILL_GRACE=2\n/),
  },
  {
    title: 'completion',
    prepare: nothing,
    start: async (home) => {
      await home.ok('autocomplete', 'create')
    },
    command: ['completion', 'bash'],
    after: async (home) => assert.match(await home.ok('completion', 'bash'), /agentvm/),
  },
  {
    title: 'autocomplete create',
    prepare: nothing,
    command: ['autocomplete', 'create'],
    after: async (home) => assert.match(await home.ok('completion', 'bash'), /agentvm/),
  },
  {
    title: 'doctor',
    prepare: one,
    reports: true,
    command: ['doctor'],
    after: async () => {},
  },
  {
    title: 'doctor --bundle',
    prepare: async (home) => {
      await one(home)
      userFile(home, 'kept', '')
    },
    command: (home) => ['doctor', '--bundle', '--output', userFile(home, 'bundle.tar.gz')],
    doneAlready: /is there already/,
    after: async (home) => {
      assert.deepEqual(readdirSync(home.files), ['bundle.tar.gz', 'kept'])
      assert.equal(existsSync(userFile(home, 'bundle.tar.gz')), true)
    },
  },
]
