import assert from 'node:assert/strict'
import { gitHosts } from '../../src/network/presets/git-hosts.ts'
import type { PresetMachine } from '../../src/network/presets/machine.ts'
import { npmHosts } from '../../src/network/presets/npm-hosts.ts'
import { pipHosts } from '../../src/network/presets/pip-hosts.ts'
import { formatRule } from '../../src/network/rules.ts'

/** A machine with these files; npm and pip lie in `/opt`. */
const machine = (files: Record<string, string>, env: PresetMachine['env'] = {}): PresetMachine => ({
  env,
  home: '/home/u',
  programFolders: () => ['/opt/npm', '/opt'],
  read: (path) => files[path],
  list: (folder) =>
    Object.keys(files).flatMap((path) =>
      path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1).split('/')[0] ?? ''] : [],
    ),
})
const NPM_SOURCE = {
  '/opt/npm/node_modules/@npmcli/config/lib/definitions/definitions.js':
    "  proxy: new Definition('proxy', { default: null }),\n  registry: new Definition('registry', {\n    default: 'https://npm.built-in.example/',",
}
const PIP_SOURCE = {
  '/opt/lib/python3.11/site-packages/pip/_internal/models/index.py':
    'PyPI = PackageIndex("https://pip.built-in.example/", file_storage_domain="files.built-in.example")\nTestPyPI = PackageIndex(\n    "https://test.example/", file_storage_domain="x.example"\n)',
}

describe('the hosts of @npm', () => {
  const hosts = (...args: Parameters<typeof machine>) => npmHosts(machine(...args)).map(formatRule)

  it('are what npm was built with where the user’s configuration names none', () => {
    assert.deepEqual(hosts(NPM_SOURCE), ['npm.built-in.example'])
    assert.deepEqual(hosts({}), [])
  })

  it('are the user’s registries, for scopes too, without names and passwords', () => {
    const files = {
      ...NPM_SOURCE,
      '/home/u/.npmrc': `; mine\nregistry=https://user:s3cret@npm.corp.example:8443/x/\n@corp:registry = "\${CORP}"\n//npm.corp.example/:_authToken=s3cret`,
    }
    const found = hosts(files, { CORP: 'http://other.corp.example/' })
    assert.deepEqual(found, ['npm.corp.example:8443', 'other.corp.example:80'])
    assert.doesNotMatch(JSON.stringify(npmHosts(machine(files))), /s3cret/)
  })

  it('are those of the environment and of the files that it names', () => {
    assert.deepEqual(hosts(NPM_SOURCE, { npm_config_registry: 'https://env.example/' }), ['env.example'])
    assert.deepEqual(
      hosts({ '/etc/mine': 'registry=https://named.example/' }, { NPM_CONFIG_USERCONFIG: '/etc/mine' }),
      ['named.example'],
    )
  })

  it('are none for what is no http address', () => {
    assert.deepEqual(hosts({ '/home/u/.npmrc': 'registry=file:///x' }), [])
    assert.deepEqual(hosts({ '/home/u/.npmrc': 'registry=http://127.0.0.1:4873/' }), [])
  })
})

describe('the hosts of @pypi', () => {
  const hosts = (...args: Parameters<typeof machine>) => pipHosts(machine(...args)).map(formatRule)

  it('are what pip was built with where the user’s configuration names none', () => {
    assert.deepEqual(hosts(PIP_SOURCE), ['pip.built-in.example', 'files.built-in.example'])
    assert.deepEqual(hosts({}), [])
  })

  it('are the user’s indexes, the extra ones beside the built-in one', () => {
    const conf =
      '[global]\ntimeout = 60\nextra-index-url =\n    https://one.example/simple\n    https://two.example/simple\n'
    assert.deepEqual(hosts({ ...PIP_SOURCE, '/home/u/.config/pip/pip.conf': conf }), [
      ...['one.example', 'two.example', 'pip.built-in.example', 'files.built-in.example'],
    ])
    const main = { ...PIP_SOURCE, '/etc/pip.conf': '[global]\nindex-url = https://mirror.example/simple\n' }
    assert.deepEqual(hosts(main), ['mirror.example'])
    const env = {
      PIP_INDEX_URL: 'https://a.example/',
      PIP_EXTRA_INDEX_URL: 'https://b.example/ https://c.example/',
    }
    assert.deepEqual(hosts(PIP_SOURCE, env), ['a.example', 'b.example', 'c.example'])
  })
})

describe('the hosts of @git', () => {
  it('are the well-known forges and those of the remotes, however they are written', () => {
    const remotes = [
      ...[
        'https://u:p@git.one.example/x.git',
        'git@git.two.example:x/y.git',
        'ssh://git@git.three.example:2222/x',
      ],
      ...['/srv/repo.git', '../repo', 'https://10.0.0.1/x.git', 'C:\\x', 'http://git.four.example/x'],
    ]
    assert.deepEqual(gitHosts(remotes).map(formatRule).slice(4), [
      ...['git.one.example', 'git.two.example:22', 'git.three.example:2222', 'git.four.example:80'],
    ])
    assert.deepEqual(
      gitHosts([]).map(({ port }) => port),
      [443, 443, 443, 443],
    )
  })
})
