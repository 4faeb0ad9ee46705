import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { countRequests, readRequests, refusedTargets } from '../../src/agents/network/requests.ts'
import { RequestLog } from '../../src/network/proxy/request-log.ts'
import { Home } from '../../src/settings/home.ts'

describe('the request log of an agent', () => {
  let home: Home
  beforeEach(() => {
    home = new Home({ AGENTVM_HOME: mkdtempSync(`${tmpdir()}/agentvm-log-`) })
  })
  afterEach(() => rmSync(home.root, { recursive: true }))
  const refusal = (host: string, reason = 'no-rule') => ({
    ...{ via: 'connect' as const, host, port: 443, decision: 'refused' as const, rule: null, reason },
  })

  it('is put aside when it is full, once: an agent can’t fill the disk with refusals', () => {
    const log = new RequestLog(home.requestLog('abcd2345'))
    const host = `${'x'.repeat(200)}.example`
    for (let count = 0; count < 20_000; count += 1) log.write(refusal(host))
    log.write(refusal('last.example'))
    const [current, previous] = ['', '.1'].map((end) => statSync(home.requestLog('abcd2345') + end))
    assert.ok((current?.size ?? 0) <= 2 ** 21 && (previous?.size ?? 0) <= 2 ** 21)
    assert.equal((current?.mode ?? 0) & 0o077, 0)
    const entries = readRequests(home, 'abcd2345')
    assert.equal(entries.at(-1)?.host, 'last.example')
    assert.ok(entries.length > 5_000)
    assert.equal(countRequests(entries).refused, entries.length)
  })

  it('goes on where a former proxy left it, and is read over a line that was cut', () => {
    new RequestLog(home.requestLog('abcd2345')).write(refusal('one.example'))
    appendFileSync(home.requestLog('abcd2345'), '{"time":"2026\n')
    new RequestLog(home.requestLog('abcd2345')).write(refusal('two.example'))
    assert.deepEqual(
      readRequests(home, 'abcd2345').map(({ host }) => host),
      ['one.example', 'two.example'],
    )
  })

  it('tells each refused target once, the last first, with what opens it', () => {
    const log = new RequestLog(home.requestLog('abcd2345'))
    for (const host of ['a.example', 'b.example', 'a.example']) log.write(refusal(host))
    log.write(refusal('db.corp', 'private-address'))
    log.write(refusal('10.0.0.1', 'address'))
    assert.deepEqual(
      refusedTargets(readRequests(home, 'abcd2345')).map(({ host, count, allow }) => [host, count, allow]),
      [
        ['10.0.0.1', 1, null],
        ['db.corp', 1, 'db.corp=private'],
        ['a.example', 2, 'a.example'],
        ['b.example', 1, 'b.example'],
      ],
    )
  })
})
