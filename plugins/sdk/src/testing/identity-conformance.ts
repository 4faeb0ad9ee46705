import * as assert from 'node:assert/strict'
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { publicKeyOf } from '../did-key.ts'
import type { IdentityProvider, ProvisionedIdentity } from '../identity.ts'
import { environment } from '../schemas/common.ts'
import { IdentitySchema, ProvisionedSchema } from '../schemas/identity.ts'
import { type Promises, type TestFramework, testPromises } from './framework.ts'
import { IdentityLab, pathsBelow } from './identity-lab.ts'
import { assertKeeps } from './keeps-schema.ts'

/** The longest that a test waits for a network, milliseconds. */
const REGISTER_WITHIN_MS = 20_000

/**
 * What every identity provider promises, as tests. Makes identities in homes of its own and signs a commit, for which
 * it needs git and, for keys of SSH, ssh-keygen. The provider may try to register what it makes: point it at a double
 * of its network first.
 */
export function identityConformance(provider: IdentityProvider, framework: TestFramework): void {
  framework.describe(`the identity provider ${provider.id}`, () => {
    const inLab = Object.entries(PROMISES).map(([promise, hold]) => [
      promise,
      async () => {
        const lab = new IdentityLab(provider)
        try {
          await hold(lab)
        } finally {
          lab.remove()
        }
      },
    ])
    testPromises(undefined, Object.fromEntries(inLab), framework)
  })
}

const PROMISES: Promises<IdentityLab> = {
  'keeps the schema': ({ provider }) => {
    assertKeeps(IdentitySchema, provider)
  },

  'makes each agent an identity of its own, and keeps the one that is there': async (lab) => {
    const [one, other] = [lab.agent(), lab.agent()]
    const { did } = whole(await lab.provider.provision(one))
    assert.notEqual(whole(await lab.provider.provision(other)).did, did)
    assert.equal(whole(await lab.provider.provision(one)).did, did)
    assert.equal(whole(await lab.provider.register(one, AbortSignal.timeout(REGISTER_WITHIN_MS))).did, did)
  },

  'writes files that are private': async (lab) => {
    const agent = lab.agent()
    await lab.provider.provision(agent)
    for (const folder of [agent.home, agent.keys]) {
      for (const path of pathsBelow(folder))
        assert.equal(lstatSync(join(folder, path)).mode & 0o077, 0, `others can read ${path}`)
    }
  },

  'follows no link that an agent has planted in its home': async (lab) => {
    const model = lab.agent()
    await lab.provider.provision(model)
    for (const path of pathsBelow(model.home)) await assertNotFollowed(lab, path)
  },

  'keeps the identity through a rename, and gives a clone another': async (lab) => {
    const agent = lab.agent()
    const { did } = await lab.provider.provision(agent)
    assert.equal(whole(await lab.provider.adopt({ ...agent, name: 'renamed' }, 'rename')).did, did)
    assert.notEqual(whole(await lab.provider.adopt({ ...agent, name: 'cloned' }, 'clone')).did, did)
  },

  'gives the same git settings each time, which git can take': async (lab) => {
    const agent = lab.agent()
    await lab.provider.provision(agent)
    const settings = lab.provider.gitConfig(agent)
    assert.deepEqual(lab.provider.gitConfig(agent), settings)
    for (const { key, value } of settings) {
      assert.match(key, /^[A-Za-z][A-Za-z0-9-]*(?:\.[^\n\0]*)?\.[A-Za-z][A-Za-z0-9-]*$/)
      assert.doesNotMatch(value, /[\n\0]/, `${key} is of several lines`)
    }
  },

  'signs commits so that git can verify them, if it signs any': async (lab) => {
    const agent = lab.agent()
    await lab.provider.provision(agent)
    const settings = lab.provider.gitConfig(agent)
    if (!settings.some(({ key, value }) => key.toLowerCase() === 'commit.gpgsign' && value === 'true')) return
    assert.ok(lab.signsCommits(agent, settings), 'git finds no good signature')
  },

  'gives variables without secrets': async (lab) => {
    const agent = lab.agent()
    await lab.provider.provision(agent)
    const variables = assertKeeps(environment, lab.provider.env())
    const secrets = pathsBelow(agent.home)
      .map((path) => join(agent.home, path))
      .filter((path) => lstatSync(path).isFile())
      .map((path) => readFileSync(path, 'utf8').trim())
    for (const [name, value] of Object.entries(variables))
      assert.ok(value === '' || !secrets.includes(value), `${name} holds a file of the identity`)
  },

  'makes an identity invalid, so that the next is another': async (lab) => {
    const agent = lab.agent()
    const { did } = await lab.provider.provision(agent)
    await lab.provider.revoke(agent)
    assert.notEqual((await lab.provider.provision(agent)).did, did)
  },

  'replaces the key where that is asked for': async (lab) => {
    const agent = lab.agent()
    const { did } = await lab.provider.provision(agent)
    const next = whole(await lab.provider.rotate(agent)).did
    assert.notEqual(next, did)
    assert.equal(whole(await lab.provider.provision(agent)).did, next)
  },

  'takes back the key that it gave for a backup, and nothing else': async (lab) => {
    const [agent, heir] = [lab.agent(), lab.agent()]
    const { did } = await lab.provider.provision(agent)
    const key = await lab.provider.exportKey(agent)
    const own = (await lab.provider.provision(heir)).did
    await assert.rejects(lab.provider.importKey(heir, 'no key'), Error)
    assert.equal((await lab.provider.provision(heir)).did, own)
    assert.equal(whole(await lab.provider.importKey(heir, key)).did, did)
  },

  'signs with the key that its DID names, and describes that': async (lab) => {
    const agent = lab.agent()
    const { did } = await lab.provider.provision(agent)
    const message = Buffer.from('message')
    const signature = await lab.provider.sign(agent, message)
    assert.equal(signature.length, 64)
    const raw = publicKeyOf(did)
    if (raw) assert.ok(verify(null, message, ed25519(raw), signature), 'the signature is not of that key')
    assert.equal((await lab.provider.document(agent)).id, did)
  },

  'revokes without complaint what is not there': async (lab) => {
    await lab.provider.revoke(lab.agent())
  },
}

/** A raw public key as Node takes it. */
function ed25519(raw: Uint8Array): KeyObject {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(raw).toString('base64url') }
  return createPublicKey({ format: 'jwk', key: jwk })
}

function whole(identity: ProvisionedIdentity): ProvisionedIdentity {
  assertKeeps(ProvisionedSchema, identity)
  assert.ok(identity.registered || identity.reason, 'it is not registered, and says no reason')
  return identity
}

/** Puts a link out of the home in the place of one thing that the provider makes. It may refuse; it may not write there. */
async function assertNotFollowed(lab: IdentityLab, path: string): Promise<void> {
  const agent = lab.agent()
  const outside = lab.folder(`outside-${agent.name}`)
  writeFileSync(join(outside, 'decoy'), 'decoy')
  await lab.provider.provision(agent)
  const place = join(agent.home, path)
  const isFolder = lstatSync(place, { throwIfNoEntry: false })?.isDirectory()
  rmSync(place, { recursive: true, force: true })
  symlinkSync(isFolder ? outside : join(outside, 'absent'), place)
  const { provider } = lab
  for (const write of [
    () => provider.provision(agent),
    () => provider.register(agent, AbortSignal.timeout(REGISTER_WITHIN_MS)),
    () => provider.adopt(agent, 'clone'),
    () => provider.revoke(agent),
  ]) {
    try {
      await write()
    } catch {}
    assert.deepEqual(readdirSync(outside), ['decoy'], `it writes through a link in the place of ${path}`)
  }
}
