import assert from 'node:assert/strict'
import { deadAgent, type FaultScenario, one, rows, sleeping, trashed } from '../scenario.ts'

/** What goes to the trash, comes back, and goes for good. */
export const TRASH_SCENARIOS: FaultScenario[] = [
  {
    title: 'clean',
    prepare: async (home) => {
      await one(home)
      await deadAgent(home, 'a2')
    },
    command: ['clean', '--force'],
    after: async (home) => {
      assert.deepEqual([...(await rows(home)).keys()], [])
      assert.deepEqual(await trashed(home), ['a1', 'a2'])
    },
  },
  {
    title: 'purge',
    prepare: one,
    start: sleeping,
    command: ['purge', '--force'],
    after: async (home) => {
      assert.deepEqual([...(await rows(home)).keys()], [])
      assert.deepEqual(await trashed(home), ['a1', 's1'])
    },
  },
  {
    title: 'trash restore',
    prepare: async (home) => {
      await one(home)
      await home.ok('clean', '--force')
    },
    command: ['trash', 'restore', 'a1'],
    doneAlready: /holds no agent 'a1'|there is an agent 'a1'/,
    after: async (home) => {
      assert.deepEqual(await trashed(home), [])
      assert.match(await home.ok('logs', 'a1'), /said/)
    },
  },
  {
    title: 'trash restore --as',
    prepare: async (home) => {
      await one(home)
      await home.ok('clean', '--force')
      await deadAgent(home, 'a1')
    },
    command: ['trash', 'restore', 'a1', '--as', 'b1'],
    doneAlready: /holds no agent 'a1'|there is an agent 'b1'/,
    after: async (home) => {
      assert.deepEqual(await trashed(home), [])
      assert.deepEqual([...(await rows(home)).keys()], ['a1', 'b1'])
      assert.match(await home.ok('logs', 'b1'), /said/)
    },
  },
  {
    title: 'trash empty',
    prepare: async (home) => {
      await deadAgent(home, 'gone')
      await home.ok('clean', '--force')
      await one(home)
    },
    command: ['trash', 'empty', '--force'],
    after: async (home) => assert.deepEqual(await trashed(home), []),
  },
]
