import * as assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NetworkPolicy, SandboxPolicy } from '../policy.ts'
import type { SandboxBackend } from '../sandbox.ts'
import { ProbeSchema, SandboxSchema, WrappedSchema } from '../schemas/sandbox.ts'
import type { Promises } from './framework.ts'
import { assertKeeps, deepFreeze } from './keeps-schema.ts'
import { makeLaunch } from './launch.ts'
import { type ProbeOptions, probePolicy } from './probe-policy.ts'

const SECRET = 'secret-of-the-conformance-kit'
/** Where what the backend prepares would lie. */
const FOLDER = '/srv/agentvm-run'

/** A policy over folders that aren't there, for what a backend says without starting anything. */
function paperPolicy(backend: SandboxBackend): SandboxPolicy {
  const folders = { workspace: '/srv/agentvm-w', home: '/srv/agentvm-h' }
  const policy = probePolicy(backend, folders, { system: { readOnly: [], symlinks: [], files: [] } })
  return deepFreeze({ ...policy, env: { ...policy.env, API_KEY: SECRET } })
}

/** What every backend promises that can be seen without a start of it. */
export const PURE_PROMISES: Promises<SandboxBackend> = {
  'keeps the schema': (backend) => {
    assertKeeps(SandboxSchema, backend)
  },

  'says whether it works here, and how to mend it where it does not, and never throws': async (backend) => {
    assertKeeps(ProbeSchema, await backend.probe())
  },

  'gives the same start for the same policy and changes nothing of it': async (backend) => {
    if (!(await isTriable(backend))) return
    const policy = paperPolicy(backend)
    const command = deepFreeze(['/bin/sh', '-c', 'true'])
    const first = backend.wrap(policy, command, FOLDER)
    assertKeeps(WrappedSchema, first)
    assert.deepEqual(backend.wrap(policy, command, FOLDER), first)
  },

  'shows no secret in the arguments of a program on the host': async (backend) => {
    if (!(await isTriable(backend))) return
    const { argv } = backend.wrap(paperPolicy(backend), ['/bin/true'], FOLDER)
    assert.ok(!argv.some((word) => word.includes(SECRET)), "argv holds a variable's value")
  },

  'refuses a kind of network that it does not list': (backend) => {
    const modes: NetworkPolicy[] = [
      { mode: 'host' },
      { mode: 'none' },
      { mode: 'allowlist', allow: [], proxy: { socket: '/run/agentvm/proxy/socket', port: 8118 } },
    ]
    for (const network of modes.filter(({ mode }) => !backend.capabilities.network.includes(mode))) {
      const policy = { ...paperPolicy(backend), network }
      assert.throws(
        () => backend.wrap(policy, ['/bin/true'], FOLDER),
        Error,
        `it takes network '${network.mode}'`,
      )
    }
  },
}

/** Whether `wrap` can be asked: a backend may throw where what it starts isn't installed, if its probe says so. */
async function isTriable(backend: SandboxBackend): Promise<boolean> {
  return (await backend.probe()).ok
}

/** A backend that is going to start commands in folders of its own. */
export class StartedSandbox {
  readonly backend: SandboxBackend
  private readonly options: ProbeOptions

  constructor(backend: SandboxBackend, options: ProbeOptions) {
    this.backend = backend
    this.options = options
  }

  /** Runs one command to its end. Throws an `Error` where the backend doesn't work here. */
  async run(command: readonly string[], env: Record<string, string> = {}) {
    const probe = await this.backend.probe()
    if (!probe.ok) throw new Error(`${this.backend.id} can't be tried here: ${probe.reason}`)
    const root = mkdtempSync(join(tmpdir(), 'agentvm-contract-'))
    try {
      const folder = (name: string) => {
        mkdirSync(join(root, name), { mode: 0o700 })
        return join(root, name)
      }
      const host = { workspace: folder('workspace'), home: folder('home') }
      const policy = { ...probePolicy(this.backend, host, this.options), protect: [] }
      const exact = { ...policy, env: { ...policy.env, ...env } }
      const launcher = await makeLaunch(this.backend, exact, command, join(root, 'run'))
      const ended = spawnSync('/bin/sh', ['-c', launcher], {
        ...{ encoding: 'utf8', timeout: 10_000, stdio: ['ignore', 'pipe', 'pipe'] },
        env: { OF_THE_CALLER: 'x' },
      })
      return { policy: exact, code: ended.status, stdout: ended.stdout, stderr: ended.stderr }
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  }
}

/** What every backend promises that shows only when something runs in it. */
export const STARTED_PROMISES: Promises<StartedSandbox> = {
  'passes arguments byte for byte': async (sandbox) => {
    const words = ['a b', '', 'two\nlines', 'A=B', '--', '-x', '$HOME', '*', "it's", '"', '\\', '✓']
    const { stdout, stderr } = await sandbox.run(['/usr/bin/printf', '%s\\0', ...words])
    assert.deepEqual(stdout.split('\0').slice(0, -1), words, stderr)
  },

  'gives exactly the environment of the policy': async (sandbox) => {
    const ran = await sandbox.run(['/usr/bin/env', '-0'], { TEXT: ' a "b"\nc=d ', API_KEY: SECRET })
    const seen = ran.stdout.split('\0').slice(0, -1).sort()
    const wanted = Object.entries(ran.policy.env).map(([name, value]) => `${name}=${value}`)
    assert.deepEqual(seen, wanted.sort(), ran.stderr)
  },

  'starts in the folder that the policy names, where the agent can write': async (sandbox) => {
    const ran = await sandbox.run([
      '/bin/sh',
      '-c',
      'pwd -P && echo x >new && cat new && echo y >"$HOME/new"',
    ])
    assert.deepEqual([ran.code, ran.stdout], [0, `${ran.policy.cwd}\nx\n`], ran.stderr)
  },

  'passes the exit code on': async (sandbox) => {
    assert.equal((await sandbox.run(['/bin/sh', '-c', 'exit 7'])).code, 7)
  },

  'fails where the command is not there': async (sandbox) => {
    assert.notEqual((await sandbox.run(['/agentvm-absent'])).code, 0)
  },
}
