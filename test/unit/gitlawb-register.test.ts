import assert from 'node:assert/strict'
import { chooseService } from '../../plugins/gitlawb/src/icaptcha/service.ts'
import { KeyPair } from '../../plugins/gitlawb/src/key-pair.ts'
import { register } from '../../plugins/gitlawb/src/register.ts'
import { GitlawbNode, type NodeBehaviour } from '../support/gitlawb-node.ts'

const key = new KeyPair(Buffer.alloc(32, 7))
const started: GitlawbNode[] = []
const node = async (behaviour: NodeBehaviour = {}) => {
  const made = await GitlawbNode.start(behaviour)
  started.push(made)
  return made
}
const at = (url: string, env: Record<string, string> = {}, ms = 20_000) =>
  register(key, url, env, AbortSignal.timeout(ms))

describe('registering at a gitlawb node', () => {
  afterEach(() => {
    for (const one of started.splice(0)) one.stop()
  })

  it('gives the token of a node that takes the signature, whether its address ends with a slash or not', async () => {
    const { url } = await node()
    assert.equal(await at(url), `token-of-${key.did}`)
    assert.equal(await at(`${url}/`), `token-of-${key.did}`)
  })

  it('goes by the clock of a node that is ahead', async () => {
    const server = await node({ clockAhead: 4_000 })
    assert.equal(await at(server.url), `token-of-${key.did}`)
    assert.equal(server.requests.length, 2)
  })

  it('tries again at a node that is still starting', async () => {
    const server = await node({ startsAfter: 1 })
    assert.equal(await at(server.url), `token-of-${key.did}`)
  })

  it('solves what the gate asks, also in several rounds and with a proof of work', async () => {
    const asks = [
      { type: 'arithmetic', prompt: 'What is 12 + 7 - 3?', answer: '16' },
      { type: 'algebra', prompt: 'Solve for x: 3x + 4 = 19', answer: '5' },
    ]
    const server = await node({ gate: { asks, work: 8 } })
    assert.equal(await at(server.url, { GITLAWB_ICAPTCHA_INSECURE: '1' }), `token-of-${key.did}`)
    const answer = server.requests.find(({ path }) => path === '/v1/answer')
    assert.match(JSON.parse(answer?.body ?? '').powNonce, /^[0-9a-f]+$/)
  })

  it('says what it was asked where it can not answer', async () => {
    const asks = [{ type: 'logic', prompt: 'Who\u001b[31m is it?', answer: 'me' }]
    const server = await node({ gate: { asks } })
    await assert.rejects(
      at(server.url, { GITLAWB_ICAPTCHA_INSECURE: '1' }),
      /can't be answered here: Who \[31m is it\?/,
    )
  })

  it('asks no service that a node advertises on its own account', async () => {
    const foreign = await node()
    const server = await node({ gate: { advertises: foreign.url } })
    const env = { GITLAWB_ICAPTCHA_URL: 'https://127.0.0.1:1', GITLAWB_ICAPTCHA_API_KEY: 'bearer-key' }
    await assert.rejects(at(server.url, env, 3_000))
    assert.deepEqual(foreign.requests, [])
  })

  const refusals: [what: string, behaviour: NodeBehaviour, message: RegExp][] = [
    ['limits the rate', { answers: (r) => r.writeHead(429).end('rate limit') }, /no more registrations.*429/],
    ['is broken', { answers: (r) => r.writeHead(500).end('x') }, /refuses \(500\)/],
    [
      'redirects',
      { answers: (r) => r.writeHead(302, { location: 'http://127.0.0.1:1/' }).end() },
      /redirect/,
    ],
    [
      'answers without end',
      { answers: (r) => r.writeHead(201).end('x'.repeat(1_000_000)) },
      /no proper answer/,
    ],
    ['gives no token', { answers: (r) => r.writeHead(201).end('{}') }, /gave no token/],
    [
      'answers with control characters',
      { answers: (r) => r.writeHead(403).end('{"message":"\\u001b]0;x\\u0007no"}') },
      /refuses \(403: \]0;x no\)$/,
    ],
  ]
  for (const [what, behaviour, message] of refusals) {
    it(`reports a node that ${what}`, async () => {
      await assert.rejects(at((await node(behaviour)).url), message)
    })
  }

  it('gives up a node that never answers, and one that is not there', async () => {
    const silent = await node({ answers: () => {} })
    await assert.rejects(at(silent.url, {}, 200), /did not answer in time/)
    const { url } = silent
    silent.stop()
    await assert.rejects(at(url), /can't be reached/)
  })
})

describe('the choice of the iCaptcha service', () => {
  const PUBLIC = 'https://icaptcha.gitlawb.com'
  const OWN = 'https://captcha.example.org'

  it('is the public one, or the operator’s, whatever the node advertises', () => {
    assert.equal(chooseService(undefined, {}).url, PUBLIC)
    assert.equal(chooseService('https://evil.example', {}).url, PUBLIC)
    assert.equal(chooseService('http://icaptcha.gitlawb.com', {}).url, PUBLIC)
    assert.equal(chooseService('https://icaptcha.gitlawb.com.evil.example', {}).url, PUBLIC)
    assert.equal(chooseService('https://evil.example', { GITLAWB_ICAPTCHA_URL: OWN }).url, OWN)
    assert.equal(chooseService('not a url', {}).url, PUBLIC)
  })

  it('gives the key to the operator’s service alone', () => {
    const env = { GITLAWB_ICAPTCHA_URL: OWN, GITLAWB_ICAPTCHA_API_KEY: 'k' }
    assert.equal(chooseService(OWN, env).apiKey, 'k')
    assert.equal(chooseService(PUBLIC, env).apiKey, undefined)
    assert.equal(chooseService(PUBLIC, { GITLAWB_ICAPTCHA_API_KEY: 'k' }).apiKey, undefined)
  })

  it('takes loopback only where it was asked to', () => {
    const loopback = 'http://127.0.0.1:8080'
    assert.equal(chooseService(loopback, {}).url, PUBLIC)
    assert.equal(chooseService(loopback, { GITLAWB_ICAPTCHA_INSECURE: '1' }).url, loopback)
  })
})
