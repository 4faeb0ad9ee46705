import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { AttackedHome } from '../support/faults/attacked-home.ts'
import { rows } from '../support/faults/scenario.ts'

/** Takes its name from a temporary that its process has written beside it. */
const TEMPORARY = /^(.*\/)\.([^/]+)\.\d+\.[0-9a-f]{8}$/

/** What may be lost with the machine: it is made again, or its agent is taken back. */
const MAY_BE_LOST = /^(?:cache\/|run\/[^/]+\/activity\.json$|provenance\/policies\/)/

/** A file that took its name in one step, and whether what it holds was on the disk by then. */
interface Placed {
  path: string
  isSynced: boolean
}

/** Those of a command, in their order, by the names of its effects. */
function placedBy(effects: readonly string[]): Placed[] {
  const written = new Set<string>()
  const synced = new Set<string>()
  const placed: Placed[] = []
  for (const [name, path] of effects.map((effect) => effect.split(' ').slice(1) as [string, string])) {
    if (name === 'open' && TEMPORARY.test(path)) written.add(path)
    if (name === 'write') synced.delete(path)
    if (name === 'fsync') synced.add(path)
    if (name !== 'rename' && name !== 'link') continue
    const temporary = [...written].find((each) => each.replace(TEMPORARY, '$1$2') === path)
    if (!temporary) continue
    written.delete(temporary)
    placed.push({ path, isSynced: synced.has(temporary) })
  }
  return placed
}

describe('a file that a power failure must not empty', function () {
  this.timeout(240_000)
  let home: AttackedHome
  before(async () => {
    home = new AttackedHome()
    mkdirSync(home.file('profiles'), { recursive: true, mode: 0o700 })
    const activity = { rules: [{ id: 'prompt', state: 'idle', in: 'bottom', lines: 1, match: '^ready>' }] }
    const profile = { command: ['sleep', '1000'], prompt: { via: 'typed' }, activity }
    writeFileSync(home.file('profiles/own.json'), JSON.stringify(profile))
  })
  after(() => home.remove())

  /** Names below the home of what a command put in its place and had synced before. Throws over what it hadn't, but must. */
  const syncedBy = async (...args: string[]): Promise<string[]> => {
    const placed = placedBy(await home.effectsHere(args))
      .filter(({ path }) => path.startsWith(`${home.path}/`))
      .map(({ path, isSynced }) => ({ path: path.slice(home.path.length + 1), isSynced }))
    // Of several states of a file the last one counts: what comes before is one of an unfinished start.
    const last = new Map(placed.map(({ path, isSynced }) => [path, isSynced]))
    const names = [...last.keys()]
    const lost = names.filter((path) => !last.get(path) && !MAY_BE_LOST.test(path))
    assert.deepEqual(lost, [], `${args.join(' ')}: not synced before it took its name`)
    return names.filter((path) => last.get(path)).map((path) => path.replace(id ?? 'none', 'ID'))
  }
  let id: string | undefined

  it('is on the disk before it takes its name', async () => {
    assert.deepEqual(await syncedBy('env', 'set', 'K=v'), ['env'])
    assert.deepEqual(await syncedBy('config', 'set', 'AGENTVM_TRASH_DAYS', '4'), ['config'])
    const given = ['-e', 'TOKEN=s', '-m', 'do', '--net', 'none']
    const prompted = await syncedBy('spawn', 'p1', ...given, '--', 'true')
    for (const name of ['provenance/home-key.pem', 'state/p1.env', 'state/p1.prompt'])
      assert.ok(prompted.includes(name), `${name} among ${prompted}`)
    const spawned = await syncedBy('spawn', 'a1', '-p', 'own', '-e', 'TOKEN=s', '--net', 'none')
    id = (await rows(home)).get('a1')?.id
    for (const name of [`secrets/${id}`, 'state/a1.env'])
      assert.ok(spawned.includes(name), `${name} among ${spawned}`)
    assert.deepEqual(await syncedBy('kill', 'a1', '--grace', '0'), ['state/a1.env'])
    const renamed = await syncedBy('rename', 'a1', 'b1')
    for (const name of ['state/a1.env', 'state/b1.env', 'run/ID/name', 'run/ID/policy.json'])
      assert.ok(renamed.includes(name), `${name} among ${renamed}`)
    const queued = await syncedBy('exec', 'b1', '--queue', '--id', 'q1', 'hello')
    assert.deepEqual(queued, ['messages/ID/000000000001.msg'])
    const cloned = await syncedBy('clone', 'b1', 'c1')
    assert.ok(cloned.includes('state/c1.env'), `${cloned}`)
    // What comes back if the new start is not finished.
    const restarted = await syncedBy('spawn', 'p1', '--', 'true')
    for (const name of ['state/p1.env.previous', 'state/p1.prompt.previous'])
      assert.ok(restarted.includes(name), `${name} among ${restarted}`)
  })
})
