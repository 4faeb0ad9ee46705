import assert from 'node:assert/strict'
import { FaultyHome } from '../support/faults/faulty-home.ts'
import { requireWords } from '../support/faults/outcomes.ts'
import { deadAgent, userFile } from '../support/faults/scenario.ts'
import { PROVENANCE_SCENARIOS } from '../support/faults/scenarios/provenance.ts'

describe('a command that has no descriptors left for a program that it starts', function () {
  this.timeout(480_000)
  let home: FaultyHome
  beforeEach(() => {
    home = new FaultyHome()
  })
  afterEach(() => home.remove())

  /** Lets each start of that program fail, one after the other. Returns what the command said each time. */
  const failStarts = async (command: readonly string[], program: RegExp) => {
    home.keep()
    const effects = await home.effects(command)
    const starts = effects.flatMap((effect, index) => {
      const [, name, path = ''] = effect.split(' ')
      return name === 'spawn' && program.test(path) ? index + 1 : []
    })
    assert.notEqual(starts.length, 0, effects.join('\n'))
    const said: string[] = []
    for (const at of starts) {
      await home.reset()
      const result = await home.runFaulty(command, { at, kind: 'EMFILE' })
      requireWords(result, false)
      said.push(result.stderr)
    }
    return said
  }
  const LIMIT = /: too many open files\n {2}→ raise the limit: 'ulimit -n 4096'$/m

  it('says so where tmux can’t be started', async () => {
    const [first = ''] = await failStarts(['spawn', 's1', '--net', 'none', '--', 'true'], /tmux$/)
    assert.match(first, LIMIT)
  })

  it('says so where the network proxy can’t be started', async () => {
    const [first = ''] = await failStarts(['spawn', 's1', '--', 'true'], /node$/)
    assert.match(first, LIMIT)
  })

  it('says so where git can’t be started for a diff', async () => {
    await deadAgent(home, 'a1')
    for (const said of await failStarts(['diff', 'a1'], /git$/)) assert.match(said, LIMIT)
  })

  it('says so where git can’t be started for a look at a repository', async () => {
    const notes = PROVENANCE_SCENARIOS.find(({ title }) => title === 'provenance export --git-notes')
    await notes?.prepare(home)
    const clone = userFile(home, 'clone')
    const command = ['provenance', 'export', 'a1', '--git-notes', '--repo', clone]
    for (const said of await failStarts(command, /^git$/)) assert.match(said, LIMIT)
  })

  it('says so where the shell that starts many programs can’t be started', async () => {
    const swarm = ['swarm', 'w', '2', '--net', 'none', '--', 'true']
    for (const said of await failStarts(swarm, /^\/bin\/sh$/)) assert.match(said, LIMIT)
  })
})
