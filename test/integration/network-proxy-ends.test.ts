import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CONTROL_VERSION } from '../../src/network/control.ts'
import { AgentProxy } from '../../src/network/proxy/proxy.ts'
import { Home } from '../../src/settings/home.ts'
import { ownIdentity } from '../../src/system/processes.ts'
import { ProxyBox } from '../support/proxied.ts'

describe('the proxy of a home', () => {
  it('drops agents that have ended, with their sockets, and serves those that live', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'agentvm-proxy-'))
    const home = new Home({ AGENTVM_HOME: folder })
    const proxy = new AgentProxy(home, async () => [])
    try {
      const agent = (id: string, owner: string) => ({ id, name: id, owner, allow: [] })
      const request = { version: CONTROL_VERSION, op: 'serve' as const }
      await proxy.handle({ ...request, agents: [agent('live2345', ownIdentity()), agent('dead2345', '1:0')] })
      assert.deepEqual(readdirSync(home.proxySockets).sort(), ['dead2345', 'live2345'])
      assert.equal(proxy.sweep(), 1)
      assert.deepEqual(readdirSync(home.proxySockets), ['live2345'])
      const rules = [{ host: 'a.test', port: 443 }]
      await proxy.handle({ ...request, agents: [{ ...agent('live2345', ownIdentity()), allow: rules }] })
      await proxy.handle({ ...request, op: 'adopt', agents: [agent('live2345', '1:0')] })
      assert.equal(proxy.sweep(), 1)
      const other = await proxy.handle({ ...request, version: CONTROL_VERSION + 1, agents: [] })
      assert.ok(!other.ok)
    } finally {
      proxy.close()
      rmSync(folder, { recursive: true })
    }
  })
})

describe('an impatient network proxy', () => {
  it('ends connections that don’t say what they want, by whatever protocol', async () => {
    const box = new ProxyBox(150)
    await box.service.listen()
    try {
      for (const beginning of [
        '',
        'GET http://a.test/ HT',
        'CONNECT a.test:443 HTTP/1.1\r\nHos',
        '\x05',
        '\x05\x01\x00\x05',
      ]) {
        const socket = box.connect()
        if (beginning !== '') socket.write(Buffer.from(beginning, 'latin1'))
        socket.resume()
        await once(socket, 'end')
        socket.destroy()
      }
    } finally {
      box.remove()
    }
  })
})
