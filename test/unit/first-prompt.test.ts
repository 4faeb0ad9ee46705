import assert from 'node:assert/strict'
import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Profile } from '@agentvm/sdk'
import { interruptAgent } from '../../src/agents/delivery/interrupt.ts'
import { typeFirst } from '../../src/agents/delivery/type-first.ts'
import { MessageQueue } from '../../src/agents/messages/queue.ts'
import type { PreparedSpawn } from '../../src/agents/spawn/plan.ts'
import { RUN_FILES } from '../../src/agents/spawn/run-files.ts'
import type { AgentRecord } from '../../src/agents/state/record.ts'
import { SILENT, STAND_IN, STANDIN, UNTOLD } from '../support/stand-in.ts'
import { becomes, profileOf, TerminalHome } from '../support/terminal-agent.ts'

/** Its keys go where a prompt would. */
const KEYED = profileOf('keyed', { startupKeys: ['k', 'Enter'] })
/** Keeps each line that it reads. */
const LINES = `while IFS= read -r line; do printf '%s\\n' "$line" >>got; done`

describe('the first prompt of an agent', function () {
  this.timeout(60_000)
  let home: TerminalHome
  before(() => {
    home = new TerminalHome([STANDIN, SILENT, UNTOLD, KEYED])
  })
  after(() => home.remove())

  /** Starts an agent, and gives what of its spawn matters. */
  const start = async (name: string, script: string, profile: Profile | undefined) =>
    home.start(name, script, { profile: profile?.name, createdAt: '2026-01-01T00:00:00Z' })
  const first = (
    record: AgentRecord,
    spawn: Partial<Pick<PreparedSpawn, 'profile' | 'command' | 'typedPrompt'>> & { prompt?: string },
    signal?: AbortSignal,
  ) => {
    const prepared = { command: undefined, typedPrompt: undefined, profile: undefined, ...spawn }
    return typeFirst(
      home.context,
      record,
      { ...prepared, plan: { prompt: spawn.prompt } } as PreparedSpawn,
      signal,
    )
  }
  const got = (name: string, text: string, file = 'got') => becomes(() => home.read(name, file) === text)
  const typedFile = (record: AgentRecord) => join(home.home.runDir(record.id), RUN_FILES.typed)

  it('is typed once its screen shows that it takes one, while nobody else types', async () => {
    const record = await start('ready', `until [ -e begin ]; do sleep 0.05; done; ${STAND_IN}`, STANDIN)
    const queue = new MessageQueue(home.home.messageQueue(record.id))
    await queue.claim('other')
    const typing = first(record, { profile: STANDIN, typedPrompt: 'quick go' })
    assert.ok(await becomes(async () => (await queue.ifFree(async () => true)) === undefined))
    home.write(`${record.workspace}/begin`, '')
    await typing
    assert.ok(await got('ready', 'quick go\n', 'done'))
    assert.equal(await queue.ifFree(async () => true), true)
  })

  it('is not typed into a question', async () => {
    const record = await start(
      'asks',
      `printf 'trust this folder? '; read -r answer; echo "$answer" >got`,
      STANDIN,
    )
    await assert.rejects(() => first(record, { profile: STANDIN, typedPrompt: 'yes' }), {
      message: "its prompt was not sent, since it isn't ready for one (blocker: trust)",
      fix: `agentvm attach asks, then: agentvm send asks ${home.home.promptFile('asks')}`,
    })
    assert.doesNotMatch(await home.screen(record), /yes/)
  })

  it('is not typed where the agent ends first', async () => {
    const record = await start('ends', 'sleep 0.3', STANDIN)
    await assert.rejects(() => first(record, { profile: STANDIN, typedPrompt: 'x' }), {
      message: "its prompt was not sent, since it isn't ready for one (exited)",
    })
  })

  it('is not typed after Ctrl-C, or another signal', async () => {
    const busy = await start('busy', `printf '* at work'; sleep 60`, STANDIN)
    const quiet = await start('quiet', `while sleep 0.2; do date +%N; done`, UNTOLD)
    for (const [record, profile] of [
      [busy, STANDIN],
      [quiet, UNTOLD],
    ] as const) {
      for (const [signal, exitCode] of [
        ['SIGTERM', 143],
        ['SIGINT', 130],
      ] as const) {
        const abort = new AbortController()
        const typing = first(record, { profile, typedPrompt: 'never' }, abort.signal)
        setTimeout(() => abort.abort(signal), 300)
        await assert.rejects(() => typing, { message: 'interrupted before its prompt was typed', exitCode })
      }
      assert.doesNotMatch(await home.screen(record), /never/)
    }
  })

  it('waits until a screen of which nothing is known is quiet, and not empty', async () => {
    const draws = 'for i in 1 2 3 4; do : >drawn; echo drawing; sleep 0.3; done'
    const record = await start('draws', `sleep 1.5; ${draws}; ${LINES}`, UNTOLD)
    const began = performance.now()
    await first(record, { profile: UNTOLD, typedPrompt: 'now' })
    const quietMs = Date.now() - statSync(join(record.workspace, 'drawn')).mtimeMs
    assert.ok(quietMs >= 1_000, String(quietMs))
    assert.ok(performance.now() - began < 19_000, 'in time, not when patience is at its end')
    assert.ok(await got('draws', 'now\n'))
  })

  it('is typed at once into a command of the user’s own', async () => {
    const record = await start('own', `while sleep 0.1; do echo x; done & ${LINES}`, STANDIN)
    const began = performance.now()
    await first(record, { profile: STANDIN, command: ['sh'], typedPrompt: 'a' })
    await first(record, { typedPrompt: 'b' })
    assert.ok(performance.now() - began < 19_000, 'nobody waits for its screen')
    assert.ok(await got('own', 'a\nb\n'))
  })

  it('comes after the keys of its profile, three seconds after the start', async () => {
    const record = await start('keyed', `echo ready; ${LINES}`, KEYED)
    const own = await start('unkeyed', LINES, KEYED)
    const began = performance.now()
    await first(record, { profile: KEYED })
    await first(own, { profile: KEYED, command: ['sh'] })
    assert.ok(performance.now() - began < 2_900, 'nobody waits for the keys')
    assert.equal(home.read('keyed', 'got'), '')
    const typing = first(await start('both', `echo ready; ${LINES}`, KEYED), {
      profile: KEYED,
      typedPrompt: 'p',
    })
    assert.ok(await got('keyed', 'k\n'))
    assert.ok(performance.now() - began >= 2_900)
    await typing
    assert.ok(await got('both', 'k\np\n'))
    assert.equal(home.read('unkeyed', 'got'), '')
  })

  it('that its command line holds is noted as sent: for a while no screen shows it', async () => {
    const record = await start('told', LINES, STANDIN)
    const isNoted = () => statSync(typedFile(record), { throwIfNoEntry: false }) !== undefined
    await first(record, { profile: STANDIN })
    await first(record, { profile: STANDIN, command: ['sh'], prompt: 'p' })
    await first(record, { prompt: 'p' })
    assert.equal(isNoted(), false)
    const before = Date.now()
    await first(record, { profile: STANDIN, prompt: 'p' })
    const until = Math.round(statSync(typedFile(record)).mtimeMs) - 5_000
    assert.ok(until >= before && until <= Date.now(), `${until - before} ms`)
    rmSync(typedFile(record))
    assert.equal(home.read('told', 'got'), '')
  })
})

/** Works until Escape comes, then takes what else is pressed. */
const ESCAPED = profileOf('escaped', { ...SILENT, name: 'escaped', clearKeys: ['x', 'y'] })
const WORKS = `stty -icanon -echo; printf '* at work'; dd bs=1 count=1 2>/dev/null >key; printf '\\nready> '; cat >>rest`

describe('an agent that is to stop', function () {
  this.timeout(60_000)
  let home: TerminalHome
  before(() => {
    home = new TerminalHome([ESCAPED, STANDIN])
  })
  after(() => home.remove())

  it('gets Escape where its profile says nothing else, and then what empties its input box', async () => {
    const record = await home.start('a', WORKS, { profile: 'escaped' })
    assert.ok(await becomes(async () => (await home.screen(record)).includes('* at work')))
    await interruptAgent(home.context, record)
    assert.equal(home.read('a', 'key'), '\x1b')
    assert.ok(await becomes(() => home.read('a', 'rest') === 'xy'))
    await interruptAgent(home.context, record)
    await sleep(100)
    assert.equal(home.read('a', 'rest'), 'xy', 'it is idle: nothing is pressed')
  })

  it('is left alone while it asks something, or where nothing tells what it does', async () => {
    const asks = await home.start('asks', `printf 'trust this folder? '; sleep 60`, { profile: 'escaped' })
    assert.ok(await becomes(async () => (await home.screen(asks)).includes('trust')))
    await assert.rejects(() => interruptAgent(home.context, asks), {
      reason: 'blocker',
      message: "agent 'asks' can't be interrupted: blocker",
      fix: 'agentvm attach asks',
    })
    const other = await home.start('other', 'seq 3; sleep 60', { profile: 'escaped' })
    assert.ok(await becomes(async () => (await home.screen(other)).includes('3')))
    await assert.rejects(() => interruptAgent(home.context, other), { reason: 'unknown' })
  })
})
