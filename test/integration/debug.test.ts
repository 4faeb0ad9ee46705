import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import { debug } from '../../src/system/debug.ts'
import { TestHome } from '../support/agentvm.ts'

/** What must be in no line: values, the name of a variable, what an agent is asked to do, what is typed. */
const SECRETS = {
  value: 's3cret-value',
  key: 'MY_TOKEN',
  stored: 'st0red-value',
  prompt: 'pr0mpt text',
  typed: 'typ3d text',
}
const SCOPES = ['exec', 'lock', 'state'] as const
/** Of a process that has died. */
const DEAD = '99999999:1'

/** Such as `2026-01-01T00:00:00.000Z agentvm:exec tmux …`. */
const LINE = /^\d{4}-\d\d-\d\dT[\d:.]+Z agentvm:([a-z]+) \S/

describe('DEBUG', function () {
  this.timeout(240_000)
  let home: TestHome
  beforeEach(async () => {
    home = new TestHome()
    await home.ok('env', 'set', 'OTHER=x')
    symlinkSync(DEAD, home.file('env.lock'))
  })
  afterEach(() => home.remove())

  /** Lines on stderr of commands that come one after the other, what each printed, and the scopes of the lines. */
  const play = async (env: Record<string, string>, ...commands: string[][]) => {
    const said: string[] = []
    const printed: string[] = []
    for (const args of commands) {
      const { code, stdout, stderr } = await home.run(args, { env })
      assert.equal(code, 0, `${args.join(' ')}: ${stderr}`)
      said.push(...stderr.split('\n').filter(Boolean))
      printed.push(stdout)
    }
    const scopes = [...new Set(said.flatMap((line) => LINE.exec(line)?.[1] ?? []))].sort()
    for (const [what, secret] of Object.entries(SECRETS)) {
      const line = said.find((each) => each.includes(secret))
      assert.equal(line, undefined, `the ${what} is in it`)
    }
    return { printed, scopes }
  }
  const set = ['env', 'set', `STORED=${SECRETS.stored}`]
  const given = ['-e', `${SECRETS.key}=${SECRETS.value}`, '-e', 'STORED', '-m', SECRETS.prompt]
  const spawn = ['spawn', 'a1', '--json', '--net', 'none', ...given, '--', 'cat']

  it('says on stderr what happens inside, and no secret; what is printed stays as it is', async () => {
    const commands = [set, spawn, ['exec', 'a1', SECRETS.typed], ['kill', 'a1'], ['list', '--json']]
    const { printed, scopes } = await play({ DEBUG: 'agentvm:*' }, ...commands)
    assert.deepEqual(scopes, SCOPES)
    const [nothing, started = '', typed, killed, list = ''] = printed
    assert.deepEqual([nothing, typed, killed], ['', 'a1: 10 bytes typed\n', 'a1: killed\n'])
    assert.equal(JSON.parse(started).name, 'a1')
    assert.equal(JSON.parse(list)[0].status, 'dead')
  })

  it('says nothing of what it isn’t asked for', async () => {
    assert.deepEqual((await play({ DEBUG: 'other:*,agentvm:lock' }, set, spawn)).scopes, ['lock'])
    symlinkSync(DEAD, home.file('env.lock'))
    assert.deepEqual((await play({}, set, ['kill', 'a1'])).scopes, [])
  })
})

describe('a scope of DEBUG', () => {
  const own = process.env.DEBUG
  afterEach(() => {
    if (own === undefined) delete process.env.DEBUG
    else process.env.DEBUG = own
  })

  for (const [asked, heard] of [
    ['*', SCOPES],
    ['agentvm:*', SCOPES],
    ['agentvm:exec', ['exec']],
    ['a agentvm:state,b', ['state']],
    ['agentvm:lock, agentvm:exec', ['exec', 'lock']],
    ['agentvm', []],
    ['agentvm:executable', []],
    ['', []],
  ] as const) {
    it(`is heard where '${asked}' asks for it; what it would say isn't made up else`, () => {
      process.env.DEBUG = asked
      const { write } = process.stderr
      const said: string[] = []
      const made: string[] = []
      process.stderr.write = ((text: string) => said.push(text) > 0) as typeof write
      try {
        for (const scope of SCOPES) {
          debug(scope, () => {
            made.push(scope)
            return 'what'
          })
        }
      } finally {
        process.stderr.write = write
      }
      assert.deepEqual(
        said.map((line) => LINE.exec(line)?.[1]),
        heard,
      )
      assert.deepEqual(made, heard)
    })
  }
})
