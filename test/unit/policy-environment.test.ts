import assert from 'node:assert/strict'
import type { Profile } from '@agentvm/sdk'
import { agentEnvironment, missingVariables } from '../../src/policy/environment.ts'
import { PROXY } from '../../src/policy/proxy-endpoint.ts'
import { signerEnvironment, socketFolder } from '../../src/policy/signer-endpoint.ts'

const BASE = {
  home: '/home/agent',
  pathDirs: ['/opt/tool/bin', '/usr/bin'],
  tty: false,
  id: 'abcd',
  name: 'a1',
}
const NOTHING = { flags: [], file: {}, caller: {} }
const OF_ALL = {
  ...{ HOME: '/home/agent', USER: 'agent', LOGNAME: 'agent', SHELL: '/bin/sh', LANG: 'C.UTF-8' },
  PATH: '/opt/tool/bin:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/bin',
  ...{ AGENTVM_AGENT: 'a1', AGENTVM_AGENT_ID: 'abcd' },
}
const profileOf = (env: Partial<Profile['env']>, more: Partial<Profile> = {}) =>
  ({ label: 'Tool', env: { anyOf: [], allOf: [], optional: [], set: {}, ...env }, ...more }) as Profile

describe('the environment of an agent', () => {
  it('holds nothing of the caller’s but what is asked for', () => {
    const sources = { flags: [], file: { SECRET: 'f' }, caller: { TOKEN: 'c', HOME: '/root', TERM: 'xterm' } }
    assert.deepEqual(agentEnvironment(BASE, undefined, sources), OF_ALL)
  })

  it('knows its terminal where it has one, and the proxy where that is its only way out', () => {
    assert.deepEqual(agentEnvironment({ ...BASE, tty: true }, undefined, NOTHING), {
      ...OF_ALL,
      ...{ TERM: 'tmux-256color', COLORTERM: 'truecolor' },
    })
    const url = 'http://127.0.0.1:47128'
    const own = 'localhost,127.0.0.1,::1'
    assert.deepEqual(agentEnvironment({ ...BASE, proxied: true }, undefined, NOTHING), {
      ...OF_ALL,
      ...{ HTTP_PROXY: url, HTTPS_PROXY: url, ALL_PROXY: url, NO_PROXY: own },
      ...{ http_proxy: url, https_proxy: url, all_proxy: url, no_proxy: own, NODE_USE_ENV_PROXY: '1' },
    })
  })

  it('has what its profile sets and names, from the env file before the caller’s shell', () => {
    const profile = profileOf(
      {
        allOf: ['KEY', 'file:/k'],
        anyOf: ['ONE', 'OTHER'],
        optional: ['AWS_*'],
        set: { MODE: 'set', KEY: 'set' },
      },
      { nestedSandbox: { args: [], env: { SANDBOX: 'off' } } },
    )
    const sources = {
      flags: [],
      file: { KEY: 'file', AWS_A: '1' },
      caller: {
        KEY: 'shell',
        ONE: 'shell',
        AWS_B: '2',
        AWSX: 'x',
        KEY2: 'x',
        OTHER: undefined,
        'file:/k': 'x',
      },
    }
    const { PATH, HOME, ...env } = agentEnvironment(BASE, profile, sources)
    assert.deepEqual(env, {
      ...{ USER: 'agent', LOGNAME: 'agent', SHELL: '/bin/sh', LANG: 'C.UTF-8' },
      ...{ AGENTVM_AGENT: 'a1', AGENTVM_AGENT_ID: 'abcd', MODE: 'set', SANDBOX: 'off' },
      ...{ KEY: 'file', ONE: 'shell', AWS_A: '1', AWS_B: '2' },
    })
  })

  it('takes a flag’s value first, or what the env file or the shell has of that name', () => {
    const sources = {
      flags: ['A=1=2', 'B', 'E=', '_c9', 'D'],
      file: { B: 'file', A: '0' },
      caller: { B: 's', _c9: 'shell', D: '' },
    }
    const { A, B, E, _c9, D } = agentEnvironment(BASE, profileOf({ allOf: ['A'] }), sources)
    assert.deepEqual([A, B, E, _c9, D], ['1=2', 'file', '', 'shell', ''])
  })

  it('refuses a flag that names no variable, or one that has no value anywhere', () => {
    for (const flag of ['', '=x', '1A=x', 'a-b', 'a b=1', 'x\n=1']) {
      assert.throws(() => agentEnvironment(BASE, undefined, { ...NOTHING, flags: [flag] }), {
        exitCode: 2,
        message: `'-e ${flag.split('=')[0]}' doesn't name an environment variable`,
      })
    }
    assert.throws(() => agentEnvironment(BASE, undefined, { ...NOTHING, flags: ['GONE'] }), {
      message: '-e GONE: neither the env file nor your shell has GONE',
      fix: 'agentvm env set GONE',
      exitCode: 2,
    })
  })

  it('lacks what the profile needs in words: all of some, one of others, files too', () => {
    const lacks = (env: Partial<Profile['env']>, has: Record<string, string> = {}, files: string[] = []) =>
      missingVariables(profileOf(env), has, (path) => files.includes(path))
    assert.equal(lacks({}), undefined)
    assert.equal(lacks({ allOf: ['A', 'B', 'C'] }, { B: '' }), 'Tool needs A and C')
    assert.equal(lacks({ allOf: ['A'] }, { A: '1' }), undefined)
    assert.equal(lacks({ allOf: ['A'] }), 'Tool needs A')
    assert.equal(lacks({ anyOf: ['A', 'B', 'file:/k'] }), 'Tool needs one of A, B')
    assert.equal(lacks({ anyOf: ['A', 'B'] }, { B: '1' }), undefined)
    assert.equal(lacks({ anyOf: ['A', 'file:/k'] }, {}, ['/k']), undefined)
    assert.equal(lacks({ allOf: ['A'], anyOf: ['B'] }, { A: '1' }), 'Tool needs one of B')
  })
})

describe('the folder of an agent’s sockets', () => {
  it('is where the proxy is', () => {
    assert.deepEqual(PROXY, { socket: '/run/agentvm/proxy/s', port: 47_128 })
  })

  it('is in one place inside, or its own where paths can’t be moved', () => {
    const backend = (relocatesPaths: boolean) =>
      ({ capabilities: { relocatesPaths } }) as Parameters<typeof socketFolder>[0]
    const inside = socketFolder(backend(true), '/h/run/x')
    assert.deepEqual(inside, { source: '/h/run/x', target: '/run/agentvm/proxy' })
    assert.deepEqual(socketFolder(backend(false), '/h/run/x'), { source: '/h/run/x', target: '/h/run/x' })
    assert.deepEqual(signerEnvironment(inside), { SSH_AUTH_SOCK: '/run/agentvm/proxy/g' })
  })
})
