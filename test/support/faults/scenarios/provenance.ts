import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { type FaultScenario, one, userFile, WORK } from '../scenario.ts'

const COMMIT = `git init -q . && echo a1 >${WORK} && git add . && git -c user.name=a -c user.email=a@b commit -qm one`

/** The records of runs, and what is made of them for others. */
export const PROVENANCE_SCENARIOS: FaultScenario[] = [
  {
    title: 'provenance export --output',
    prepare: one,
    command: (home) => ['provenance', 'export', '--output', userFile(home, 'records.jsonl')],
    after: async (home) => {
      const lines = readFileSync(userFile(home, 'records.jsonl'), 'utf8').trimEnd().split('\n')
      for (const line of lines) JSON.parse(line)
      await home.ok('verify', 'a1', '--as', 'agent')
    },
  },
  {
    title: 'provenance export --git-notes',
    prepare: async (home) => {
      await home.ok('spawn', 'a1', '--net', 'none', '--', 'sh', '-c', COMMIT)
      await home.ok('wait', 'a1')
      execFileSync('git', ['clone', '-q', home.file('workspaces/a1'), userFile(home, 'clone')])
    },
    command: (home) => ['provenance', 'export', 'a1', '--git-notes', '--repo', userFile(home, 'clone')],
    after: async (home) => {
      const git = (...args: string[]) =>
        execFileSync('git', ['-C', userFile(home, 'clone'), ...args], { encoding: 'utf8' })
      assert.equal(git('notes', '--ref', 'agentvm', 'list').trimEnd().split('\n').length, 1)
      assert.equal(git('fsck', '--strict'), '')
    },
  },
  {
    title: 'provenance key',
    prepare: async (home) => {
      await one(home)
      rmSync(home.file('provenance/home-key.pem'))
    },
    command: ['provenance', 'key'],
    after: async (home) => assert.match(await home.ok('provenance', 'key'), /^did:key:/),
  },
]
