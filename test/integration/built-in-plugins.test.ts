import { execFileSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { IdentityProvider, Profile, SandboxBackend } from '@agentvm/sdk'
import {
  identityConformance,
  pluginConformance,
  profileConformance,
  sandboxConformance,
} from '@agentvm/sdk/testing'
import { ROOT } from '../support/cli-installed.ts'
import { GitlawbNode } from '../support/gitlawb-node.ts'

/** Every built-in plugin's folder, relative to the repository. */
const folders = (kind: string) =>
  globSync(`${kind}/*/src/hook.ts`, { cwd: ROOT }).map((path) => dirname(dirname(path)))
const provided = async <T>(folder: string): Promise<T> =>
  (await import(join(ROOT, folder, 'dist/index.js'))).default

/** What npm would publish, asked once for all: it takes as long for one. */
const published = new Map(
  Object.values(
    JSON.parse(
      execFileSync('npm', ['pack', '--workspaces', '--dry-run', '--json', '--ignore-scripts', '--silent'], {
        cwd: ROOT,
        encoding: 'utf8',
      }),
    ) as { name: string; files: { path: string }[] }[],
  ).map(({ name, files }) => [name, files.map(({ path }) => path)]),
)

// The same kits that the authors of other plugins have, on what is built.
describe('the conformance kits on the built-in plugins', function () {
  this.timeout(240_000)

  for (const folder of ['plugins', 'profiles', 'sandbox'].flatMap(folders)) {
    const [group, id] = folder.split('/')
    const name = `@agentvm/${{ plugins: 'plugin', profiles: 'profile' }[group ?? ''] ?? 'sandbox'}-${id}`
    pluginConformance(join(ROOT, folder), { describe, it }, { published: published.get(name) ?? [] })
  }
})

const profiles = await Promise.all(folders('profiles').map((folder) => provided<Profile>(folder)))
for (const profile of profiles) profileConformance(profile, { describe, it })

const [gitlawb] = await Promise.all(folders('plugins').map((folder) => provided<IdentityProvider>(folder)))
if (!gitlawb) throw new Error('there is no identity provider')

// podman is no part of agentvm, and often not there: its own tests try it.
const backends = await Promise.all(
  folders('sandbox')
    .filter((folder) => !folder.endsWith('/podman'))
    .map((folder) => provided<SandboxBackend>(folder)),
)
for (const backend of backends) {
  describe('on this machine', function () {
    this.timeout(240_000)
    sandboxConformance(backend, { describe, it })
  })
}

describe('with a node on loopback', () => {
  let node: GitlawbNode
  const before = process.env.GITLAWB_NODE
  beforeEach(async () => {
    node = await GitlawbNode.start()
    process.env.GITLAWB_NODE = node.url
  })
  afterEach(() => {
    node.stop()
    if (before === undefined) delete process.env.GITLAWB_NODE
    else process.env.GITLAWB_NODE = before
  })
  identityConformance(gitlawb, { describe, it })
})
