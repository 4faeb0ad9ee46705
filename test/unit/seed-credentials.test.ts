import assert from 'node:assert/strict'
import { stripUserInfo, withoutCredentials } from '../../src/workspace/seed/credentials.ts'
import type { ConfigEntry } from '../../src/workspace/seed/git-config.ts'

describe('the credentials in a repository’s configuration', () => {
  const entry = (key: string, value = 'v'): ConfigEntry => {
    const [first, last] = [key.indexOf('.'), key.lastIndexOf('.')]
    const subsection = first === last ? undefined : key.slice(first + 1, last)
    return { section: key.slice(0, first), subsection, name: key.slice(last + 1), value }
  }
  const kept = (key: string, value?: string) => withoutCredentials([entry(key, value)]).entries[0]?.value

  it('go from addresses: user and password of HTTP, the password alone of SSH', () => {
    for (const [before, after] of [
      ['https://bob:s3cret@example.org/x.git', 'https://example.org/x.git'],
      ['https://bob:s3@cr@et@example.org/x@y', 'https://example.org/x@y'],
      ['https://s3cret@example.org', 'https://example.org'],
      ['http://a:b%40c@example.org:8080/x', 'http://example.org:8080/x'],
      ['ssh://git@example.org/x', 'ssh://git@example.org/x'],
      ['ssh://git:s3cret@example.org/x', 'ssh://git@example.org/x'],
      ['git@example.org:x.git', 'git@example.org:x.git'],
      ['https://example.org/a@b', 'https://example.org/a@b'],
      ['/home/me/a:b@c', '/home/me/a:b@c'],
    ] as const)
      assert.equal(stripUserInfo(before), after)
  })

  it('go with settings that are secrets, whatever their address', () => {
    for (const key of [
      'http.extraheader',
      'http.https://example.org/.extraheader',
      'credential.helper',
      'credential.https://example.org.username',
      'sendemail.smtppass',
      'github.token',
      'url.https://s3cret@example.org/.insteadof',
    ])
      assert.equal(kept(key), undefined, key)
    for (const key of ['user.name', 'remote.origin.url', 'core.bare', 'branch.main.merge'])
      assert.equal(kept(key), 'v', key)
  })

  it('are named without themselves', () => {
    const { removed } = withoutCredentials([
      entry('url.https://s3cret@example.org/.insteadof', 's3cret'),
      entry('remote.origin.url', 'https://s3cret@example.org/'),
      entry('http.extraheader', 's3cret'),
    ])
    assert.deepEqual(removed, [
      'url.https://example.org/.insteadof',
      'remote.origin.url (user and password)',
      'http.extraheader',
    ])
  })

  it('are looked for in time that grows with the text', () => {
    const started = performance.now()
    stripUserInfo(`${'a'.repeat(500_000)}://${'b'.repeat(500_000)}`)
    stripUserInfo('x://'.repeat(100_000))
    assert.ok(performance.now() - started < 20_000)
  })
})
