import assert from 'node:assert/strict'
import { ACTORS, Box } from '../support/wrapped.ts'

for (const actor of ACTORS) {
  describe(`privileges in a sandbox of ${actor.name}`, () => {
    let box: Box
    before(() => {
      box = new Box(actor)
    })
    after(() => box.remove())

    it('are none: no capability, none to be had, no new ones by running a file', async () => {
      const status = await box.says('grep -E "^(Cap|NoNewPrivs)" /proc/self/status /proc/1/status')
      for (const file of ['/proc/self', '/proc/1']) {
        for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
          assert.match(status, new RegExp(`^${file}/status:${set}:\\t0+$`, 'm'), `${file} ${set}`)
        }
        assert.match(status, new RegExp(`^${file}/status:NoNewPrivs:\\t1$`, 'm'))
      }
    })

    it('are those of the agent’s user, by name', async () => {
      assert.equal(await box.says('id'), 'uid=1000(agent) gid=1000(agent) groups=1000(agent)')
      assert.equal(
        await box.says('hostname; cat /etc/passwd'),
        'tester\nagent:x:1000:1000:agent:/home/agent:/bin/sh',
      )
    })

    it('can’t be had by namespaces of its own', async () => {
      for (const option of ['-U', '-Ur', '-m', '-n', '-p', '-i', '-u', '-C']) {
        const { code, stderr } = await box.run(['unshare', option, 'true'])
        assert.notEqual(code, 0, option)
        assert.match(stderr, /unshare failed|not permitted|No space left/, option)
      }
      const { code } = await box.run(['bwrap', '--ro-bind', '/', '/', 'true'])
      assert.notEqual(code, 0)
    })

    it('don’t allow mounts, devices, a change of root or of the host’s name and clock', async () => {
      const attempts = [
        ['mount', '-t', 'tmpfs', 'none', '/tmp'],
        ['mount', '--bind', '/workspace', '/usr'],
        ['mount', '-o', 'remount,rw', '/usr'],
        ['umount', '-l', '/proc/sys'],
        ['mknod', '/tmp/disk', 'b', '8', '0'],
        ['chroot', '/', 'true'],
        ['hostname', 'other'],
        ['date', '-s', '2001-01-01'],
        ['chown', '0:0', '/workspace'],
        ['nsenter', '-t', '1', '-m', 'true'],
      ]
      for (const attempt of attempts) {
        const { code } = await box.run(attempt, { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } })
        assert.notEqual(code, 0, attempt.join(' '))
      }
    })

    it('aren’t raised by a setuid program, be it the system’s or the agent’s', async () => {
      const script =
        'cp /usr/bin/id ./id; chmod 6755 ./id; ./id -u; grep -c nosuid /proc/mounts >/dev/null; su -c id </dev/null'
      const { stdout, stderr } = await box.sh(script)
      assert.equal(stdout, '1000\n')
      assert.notEqual(stderr, '')
      assert.equal(await box.says("awk '$4 !~ /nosuid/' /proc/mounts"), '')
    })

    it('don’t allow to open the devices of the machine', async () => {
      const names = (await box.says('ls /dev')).split('\n')
      const usual =
        'console core fd full null ptmx pts random shm stderr stdin stdout tty urandom zero'.split(' ')
      assert.deepEqual(
        names.filter((name) => !usual.includes(name)),
        [],
      )
    })

    it('don’t reach the launcher by its terminal: without a pane there is none', async () => {
      assert.match(await box.says('(echo x >/dev/tty) && echo typed'), /No such device|cannot create/)
    })
  })
}
