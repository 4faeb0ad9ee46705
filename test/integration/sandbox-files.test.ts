import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, renameSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { ACTORS, Box } from '../support/wrapped.ts'

for (const actor of ACTORS) {
  describe(`files in a sandbox of ${actor.name}`, () => {
    let box: Box
    let other: Box
    before(() => {
      box = new Box(actor)
      other = new Box(actor)
      other.write('home/key', 'secret of another agent')
      other.write('workspace/code', 'work of another agent')
      box.write('host-key', 'secret of the host')
    })
    after(() => {
      box.remove()
      other.remove()
    })

    it('are read and written in the workspace, the home and the temporary folders', async () => {
      box.write('workspace/given', 'from the host')
      const script =
        'cat given; for d in . ~ /tmp /var/tmp /dev/shm; do echo x >"$d/made" && echo " $d"; done; stat -c %a /tmp'
      assert.equal(await box.says(script), 'from the host .\n /home/agent\n /tmp\n /var/tmp\n /dev/shm\n1777')
      assert.equal(box.read('workspace/made'), 'x\n')
      assert.equal(box.read('home/made'), 'x\n')
      assert.equal(await box.says('ls -A /tmp /dev/shm | grep -v :'), '')
    })

    it('of the host and of other agents are not there', async () => {
      for (const path of [
        ...[join(box.folder, 'host-key'), join(other.home, 'key'), join(other.workspace, 'code')],
        ...['/etc/shadow', '/etc/ssh', '/root', '/home/tester', '/boot', '/sys', '/opt', '/srv', '/mnt'],
        ...['/var/lib', '/var/log', '/proc/1/root/etc/shadow', `/proc/1/cwd${box.folder}`],
      ]) {
        assert.match(await box.says(`ls -d "${path}"`), /No such file|Permission denied/, path)
      }
      assert.equal(await box.says('ls /home'), 'agent')
    })

    it('of the system and of the kernel can’t be written', async () => {
      for (const path of [
        // A program that nobody runs just now: one that runs is busy, sandbox or not.
        ...[
          '/usr/x',
          '/usr/bin/factor',
          '/etc/passwd',
          '/etc/ld.so.cache',
          '/x',
          '/home/x',
          '/run/x',
          '/dev/x',
        ],
        ...[
          '/var/x',
          '/proc/sys/kernel/core_pattern',
          '/proc/sys/kernel/modprobe',
          '/proc/sys/vm/swappiness',
        ],
        ...['/proc/sysrq-trigger', '/proc/irq/default_smp_affinity', '/proc/pressure/cpu', '/sys/x'],
      ]) {
        const said = await box.says(`(echo x >>"${path}") && echo written`)
        assert.match(said, /Read-only|denied|No such file|nonexistent/, `${path}: ${said}`)
        assert.doesNotMatch(said, /^written/m, path)
      }
      const { code } = await box.sh('rm -rf /usr/bin/env /bin /etc/hosts; test -e /usr/bin/env')
      assert.equal(code, 0)
    })

    it('of the kernel that tell of its memory, keys and timers can’t be read', async () => {
      for (const name of [
        ...['kallsyms', 'keys', 'key-users', 'kcore', 'kmsg', 'kpagecount', 'kpageflags', 'pagetypeinfo'],
        ...['slabinfo', 'timer_list', 'vmallocinfo', 'iomem', 'ioports'],
      ]) {
        assert.match(await box.says(`head -c 1 /proc/${name}`), /denied|No such file/, name)
      }
    })

    it('behind a symlink that the agent planted are those inside, not the host’s', async () => {
      symlinkSync(join(box.folder, 'host-key'), join(box.workspace, 'link'))
      symlinkSync('../../../../../etc/shadow', join(box.workspace, 'up'))
      assert.match(await box.says('cat link'), /No such file/)
      assert.match(await box.says('cat up'), /No such file/)
      await box.sh('ln -s /etc/passwd mine')
      assert.match(await box.says('cat mine'), /^agent:x:1000:/)
    })

    it('beside the named ones stay unknown: what is named read-only can’t be written, what is named read-write can', async () => {
      box.makeFolder('given')
      box.makeFolder('given', 'out')
      box.write('given/in', 'text')
      const changes = {
        readOnly: [{ source: join(box.folder, 'given'), target: '/data' }],
        readWrite: [{ source: join(box.folder, 'given', 'out'), target: '/data/out' }],
      }
      const said = await box.says(
        'cat /data/in; echo; (echo x >/data/in) || echo kept; echo x >/data/out/y; ls -d /data/..',
        changes,
      )
      assert.match(said, /^text\n.*Read-only file system\nkept\n\/data\/\.\.$/)
      assert.equal(box.read('given/out/y'), 'x\n')
    })

    it('of the workspace are found when it lies below /tmp and a later mount is below /tmp too', async () => {
      assert.ok(box.workspace.startsWith('/tmp/'))
      box.makeFolder('shown')
      box.write('shown/a', 'a')
      const changes = { readOnly: [{ source: join(box.folder, 'shown'), target: join(box.folder, 'shown') }] }
      assert.equal(await box.says(`ls ${join(box.folder, 'shown')}; ls ${box.folder}`, changes), 'a\nshown')
    })

    it('of the workspace stay reachable when the host renames it', async () => {
      const moving = new Box(actor)
      moving.write('workspace/a', 'before')
      const child = moving.start(['sh', '-c', 'echo up; read x; cat a; echo after >b'])
      if (child.stdout) await once(child.stdout, 'data')
      renameSync(moving.workspace, join(moving.folder, 'renamed'))
      child.stdin?.end('go\n')
      const [code] = await new Promise<[number]>((resolve) =>
        child.on('close', (...args) => resolve(args as never)),
      )
      assert.equal(code, 0)
      assert.equal(moving.read('renamed/b'), 'after\n')
      assert.equal(existsSync(moving.workspace), false)
      moving.remove()
    })

    it('made by an agent belong to who started it', async () => {
      await box.sh('echo x >owned')
      const { uid, gid } = statSync(join(box.workspace, 'owned'))
      assert.deepEqual([uid, gid], [actor.uid, actor.gid])
    })
  })
}

describe('a folder in a sandbox', () => {
  it('whose mount can’t be made stops the start, and the backend says that the command never began', async () => {
    const box = new Box()
    for (const changes of [
      { readOnly: [{ source: join(box.folder, 'gone'), target: '/data' }] },
      { readOnly: [{ source: box.folder, target: '/usr/no-place-for-it' }] },
      { cwd: '/nowhere' },
    ]) {
      const { code, begun, stdout } = await box.run(['echo', 'ran'], changes)
      assert.deepEqual([code, begun, stdout], [1, false, ''])
    }
    box.remove()
  })
})
