import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TestHome } from '../support/agentvm.ts'
import { TlsSite } from '../support/tls-site.ts'

describe('tools in a sandbox reach an allowed host over https', function () {
  this.timeout(480_000)
  const site = new TlsSite()
  let home: TestHome
  before(async () => {
    await site.start()
    home = new TestHome()
    site.put('hello', 'hello from the host\n')
  })
  after(async () => {
    await home.remove()
    site.remove()
  })

  /** Runs a script in a sandbox that may reach the site and trusts its authority. */
  const inside = async (script: string, ...command: string[]) => {
    const trust = ['CURL_CA_BUNDLE', 'GIT_SSL_CAINFO', 'NODE_EXTRA_CA_CERTS', 'PIP_CERT', 'npm_config_cafile']
    const { code, stdout, stderr } = await home.run([
      ...['run', '--allow', site.host, '--ro', site.authority],
      ...trust.flatMap((name) => ['-e', `${name}=${site.authority}`]),
      ...['--', ...(command.length > 0 ? command : ['sh', '-c', script])],
    ])
    assert.equal(code, 0, stdout + stderr)
    return stdout
  }

  it('curl', async () => {
    assert.equal(await inside(`curl -sS ${site.url}/hello`), 'hello from the host\n')
    const bySocks = `curl -sS --proxy socks5h://127.0.0.1:47128 ${site.url}/hello`
    assert.equal(await inside(bySocks), 'hello from the host\n')
  })

  it('git', async () => {
    const repository = join(site.folder, 'source')
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: repository })
    mkdirSync(repository)
    git('init', '-q', '-b', 'main')
    writeFileSync(join(repository, 'file'), 'from git\n')
    git('add', 'file')
    git('commit', '-q', '-m', 'one')
    git('clone', '-q', '--bare', repository, join(site.root, 'source.git'))
    git('--git-dir', join(site.root, 'source.git'), 'update-server-info')
    assert.match(await inside(`git clone -q ${site.url}/source.git c && cat c/file`), /^from git$/m)
  })

  it('Node’s fetch', async () => {
    const script = `fetch('${site.url}/hello').then((r) => r.text()).then(console.log)`
    assert.match(await inside('', process.execPath, '-e', script), /hello from the host/)
  })

  it('npm', async () => {
    const folder = join(site.folder, 'npm', 'package')
    mkdirSync(folder, { recursive: true })
    const manifest = { name: 'thing', version: '1.0.0', main: 'index.js' }
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
    writeFileSync(join(folder, 'index.js'), "module.exports = 'from npm'\n")
    const tarball = join(site.folder, 'thing-1.0.0.tgz')
    execFileSync('tar', ['-czf', tarball, '-C', join(folder, '..'), 'package'])
    const bytes = readFileSync(tarball)
    site.put('npm/files/thing-1.0.0.tgz', bytes)
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
    const dist = { tarball: `${site.url}/npm/files/thing-1.0.0.tgz`, integrity }
    site.put(
      'npm/thing',
      JSON.stringify({
        name: 'thing',
        'dist-tags': { latest: '1.0.0' },
        versions: { '1.0.0': { ...manifest, dist } },
      }),
    )
    const install = `npm install --no-audit --no-fund --registry ${site.url}/npm/ thing`
    assert.match(await inside(`${install} && cat node_modules/thing/index.js`), /from npm/)
  })

  it('pip', async () => {
    const info = 'thing-1.0.dist-info'
    const wheel = join(site.folder, 'thing-1.0-py3-none-any.whl')
    const files = {
      'thing.py': 'word = "from pip"\n',
      [`${info}/METADATA`]: 'Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n',
      [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
      [`${info}/RECORD`]: '',
    }
    const script =
      'import sys,json,zipfile\nz=zipfile.ZipFile(sys.argv[1],"w")\nfor n,c in json.loads(sys.argv[2]).items(): z.writestr(n,c)\nz.close()'
    execFileSync('/usr/bin/python3', ['-c', script, wheel, JSON.stringify(files)])
    site.put('simple/thing/thing-1.0-py3-none-any.whl', readFileSync(wheel))
    site.put('simple/thing/index.html', '<a href="thing-1.0-py3-none-any.whl">thing-1.0-py3-none-any.whl</a>')
    const install = `/usr/bin/python3 -m pip install -q --no-cache-dir --target t --index-url ${site.url}/simple/ thing`
    assert.match(await inside(`${install} && cat t/thing.py`), /from pip/)
  })

  it('and nothing else: not the same host on another port, not without the proxy', async () => {
    const other = `https://host.agentvm.internal:1/`
    const script = [
      `curl -s -m 60 ${other}; echo "port $?"`,
      `curl -s -m 60 --noproxy '*' ${site.url}/hello; echo "name $?"`,
      `curl -s -m 60 --noproxy '*' -k https://127.0.0.1:${site.port}/hello; echo "loopback $?"`,
      `curl -s -m 60 --noproxy '*' http://192.0.2.1/; echo "route $?"`,
    ]
    assert.deepEqual((await inside(script.join('\n'))).trim().split('\n'), [
      'port 56',
      'name 6',
      'loopback 7',
      'route 7',
    ])
  })
})
