import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chownSync, mkdirSync, realpathSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { ACTORS, Box } from '../support/wrapped.ts'

const NODE = '/opt/node'
const withNode = { readOnly: [{ source: realpathSync(process.execPath), target: NODE }] }

/** A command that tells whether a server answers: `connected`, or the error's code. */
const connectTo = (address: object) => [
  ...[
    NODE,
    '-e',
    'const s=require("net").connect(JSON.parse(process.argv[1]));const end=(w)=>{console.log(w);process.exit()};s.on("connect",()=>end("connected"));s.on("error",(e)=>end(e.code))',
  ],
  JSON.stringify(address),
]

for (const actor of ACTORS) {
  describe(`sockets in a sandbox of ${actor.name}`, () => {
    let box: Box
    const servers: Server[] = []
    const folder = `/tmp/tmux-${process.pid}`
    before(async () => {
      box = new Box(actor)
      mkdirSync(folder)
    })
    after(() => {
      for (const server of servers) server.close()
      rmSync(folder, { recursive: true, force: true })
      box.remove()
    })
    const listen = async (address: object): Promise<Server> => {
      const server = createServer((socket) => socket.end())
      servers.push(server.listen(address))
      await once(server, 'listening')
      return server
    }
    const attempt = async (address: object, changes = {}) => {
      const { stdout, stderr } = await box.run(connectTo(address), { ...withNode, ...changes })
      return stdout.trim() || stderr
    }

    /** An allow-list without a proxy: the sandbox alone must hold. */
    const proxied = () => ({
      network: {
        mode: 'allowlist' as const,
        allow: [],
        proxy: { socket: '/run/agentvm/proxy/s', port: 47_128 },
      },
      sockets: [{ source: join(box.folder, 'proxy'), target: '/run/agentvm/proxy' }],
    })

    it('reach no server of the host, no route and no abstract socket under an allow-list, but its own port', async () => {
      box.makeFolder('proxy')
      const { port } = (await listen({ host: '127.0.0.1', port: 0 })).address() as AddressInfo
      assert.equal(await attempt({ host: '127.0.0.1', port }, proxied()), 'ECONNREFUSED')
      assert.match(await attempt({ host: '192.0.2.1', port: 80 }, proxied()), /ENETUNREACH/)
      assert.equal(await attempt({ host: '127.0.0.1', port: 47_128 }, proxied()), 'connected')
      const path = `\0agentvm-listed-${process.pid}-${actor.uid}`
      await listen({ path })
      assert.equal(await attempt({ path }, proxied()), 'ECONNREFUSED')
      assert.equal(await box.says('tail -n +2 /proc/net/route', proxied()), '')
    })

    it('reach a server of the host with network host, none without', async () => {
      const { port } = (await listen({ host: '127.0.0.1', port: 0 })).address() as AddressInfo
      const address = { host: '127.0.0.1', port }
      assert.equal(await attempt(address, { network: { mode: 'host' } }), 'connected')
      assert.equal(await attempt(address), 'ECONNREFUSED')
      assert.match(await attempt({ host: '192.0.2.1', port: 80 }), /ENETUNREACH/)
    })

    it('have a loopback only, and no route, without network', async () => {
      assert.deepEqual((await box.says("tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '")).split('\n'), [
        'lo',
      ])
      assert.equal(await box.says('tail -n +2 /proc/net/route'), '')
    })

    it('don’t reach abstract sockets of the host without network', async () => {
      const path = `\0agentvm-abstract-${process.pid}-${actor.uid}`
      await listen({ path })
      assert.equal(await attempt({ path }, { network: { mode: 'host' } }), 'connected')
      assert.equal(await attempt({ path }), 'ECONNREFUSED')
    })

    it('don’t reach the user’s or the host’s sockets, whatever the network is', async () => {
      await listen({ path: join(folder, 'default') })
      for (const mode of ['host', 'none'] as const) {
        assert.equal(await attempt({ path: join(folder, 'default') }, { network: { mode } }), 'ENOENT')
        const said = await box.says(
          'find /run /tmp /var /dev /etc /home -type s 2>/dev/null; ls -A /run; ls -A /tmp',
          { network: { mode } },
        )
        assert.equal(said, '')
        for (const path of [
          '/run/docker.sock',
          '/var/run/docker.sock',
          '/run/user',
          '/tmp/.X11-unix',
          '/run/dbus',
        ]) {
          assert.match(await box.says(`ls -d ${path}`, { network: { mode } }), /No such file/)
        }
      }
    })

    it('reach a helper in a folder that the policy names, which they can’t change', async () => {
      const sockets = [{ source: box.makeFolder('helper'), target: '/run/agentvm/helper' }]
      const server = await listen({ path: join(box.folder, 'helper', 's') })
      if (actor.uid !== process.getuid?.()) {
        chownSync(join(box.folder, 'helper', 's'), actor.uid, actor.gid)
      }
      assert.equal(await attempt({ path: '/run/agentvm/helper/s' }, { sockets }), 'connected')
      assert.match(await box.says('rm -f /run/agentvm/helper/s', { sockets }), /Read-only/)
      server.close()
    })

    it('can’t be opened raw', async () => {
      assert.match(await box.says(`perl -e 'socket(S, 2, 3, 1) or die "$!\\n"'`), /not permitted/)
    })
  })
}
