import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { ERRNO, REFUSED } from '../../sandbox/bwrap/src/seccomp/rules.ts'
import { type Architecture, syscallNumber } from '../../sandbox/bwrap/src/seccomp/syscalls.ts'
import { ACTORS, Box } from '../support/wrapped.ts'

const arch = process.arch as Architecture
const number = (name: Parameters<typeof syscallNumber>[0]) => syscallNumber(name, arch) as number

/** A script that makes each call and prints its number and the error number, 0 if it succeeded. */
const PERL =
  'for (@ARGV) { my ($n, @args) = map { $_ + 0 } split /,/; $! = 0; my $r = syscall($n, @args); printf "%s=%d\\n", $_, $r == -1 ? $! + 0 : 0 }'

for (const actor of ACTORS) {
  describe(`system calls in a sandbox of ${actor.name}`, () => {
    let box: Box
    before(() => {
      box = new Box(actor)
    })
    after(() => box.remove())

    /** The error number of each call, by its text `number,argument,…`. */
    const tryCalls = async (calls: string[]) => {
      const { stdout, stderr } = await box.run(['perl', '-e', PERL, ...calls])
      const answers = new Map(stdout.split('\n').map((line) => line.split('=') as [string, string]))
      assert.ok(
        calls.every((call) => answers.has(call)),
        stderr,
      )
      return (call: string) => Number(answers.get(call))
    }

    it('are filtered, also for the sandbox’s own first process', async () => {
      const said = await box.says('grep -E "^Seccomp(_filters)?:" /proc/self/status /proc/1/status')
      assert.equal(said.match(/Seccomp:\t2$/gm)?.length, 2)
      assert.equal(said.match(/Seccomp_filters:\t1$/gm)?.length, 2)
    })

    it('are refused, each that no agent needs', async () => {
      const expected = Object.entries(REFUSED).flatMap(([verdict, names]) =>
        names.flatMap((name) => {
          const found = syscallNumber(name, arch)
          return found === undefined ? [] : [{ name, call: `${found},-1,-1,-1,-1`, verdict }]
        }),
      )
      assert.ok(expected.length > 60)
      const answer = await tryCalls(expected.map(({ call }) => call))
      for (const { name, call, verdict } of expected) {
        assert.equal(answer(call), ERRNO[verdict as keyof typeof ERRNO], name)
      }
    })

    it('are refused or not by their arguments', async () => {
      const high = `${(1n << 40n) | 0x5412n}`
      const expected: [string, number][] = [
        [`${number('ioctl')},0,${0x5412},0`, ERRNO.EPERM],
        [`${number('ioctl')},0,${high},0`, ERRNO.EPERM],
        [`${number('ioctl')},0,${0x541c},0`, ERRNO.EPERM],
        [`${number('unshare')},${0x1000_0000}`, ERRNO.EPERM],
        [`${number('unshare')},${0x400}`, 0],
        [`${number('socket')},1,1,0`, 0],
        [`${number('socket')},2,1,6`, 0],
        [`${number('socket')},10,2,17`, 0],
        [`${number('socket')},16,3,0`, 0],
        [`${number('socket')},16,3,15`, ERRNO.EPROTONOSUPPORT],
        [`${number('socket')},2,3,255`, ERRNO.EPERM],
        [`${number('socket')},17,3,0`, ERRNO.EAFNOSUPPORT],
        [`${number('socket')},40,1,0`, ERRNO.EAFNOSUPPORT],
        [`${number('socket')},38,5,0`, ERRNO.EAFNOSUPPORT],
        [`${number('personality')},${0xffff_ffff}`, 0],
        [`${number('personality')},${0x40_0000}`, ERRNO.EPERM],
        ['1000', ERRNO.ENOSYS],
        [`${0x4000_0000 + 39}`, ERRNO.ENOSYS],
      ]
      const answer = await tryCalls(expected.map(([call]) => call))
      for (const [call, errno] of expected) assert.equal(answer(call), errno, call)
    })

    it('make no setuid file, by whichever way', async () => {
      const said =
        await box.says(`touch f; chmod 4755 f; chmod g+s f; cp /usr/bin/id id; install -m 6755 id id2
perl -MFcntl -e 'sysopen(my $f, "made", O_CREAT | O_WRONLY, 04755) and print "made\\n"'
find . -perm /6000; chmod 755 f && mkdir -m 1777 d && echo usual modes are fine`)
      assert.match(said, /Operation not permitted/)
      assert.doesNotMatch(said, /^made$|^\.\//m)
      assert.match(said, /usual modes are fine$/)
    })

    it('of another architecture end the process', async () => {
      if (process.arch !== 'x64') return
      box.write(
        'workspace/foreign.c',
        // getpid by the 32-bit gate, which ia32 programs use.
        'int main(void) { int r; __asm__ volatile("int $0x80" : "=a"(r) : "a"(20)); return r > 0 ? 7 : 8; }',
      )
      const compiled = spawnSync('cc', ['-o', `${box.workspace}/foreign`, `${box.workspace}/foreign.c`])
      if (compiled.error) return
      assert.equal(spawnSync(`${box.workspace}/foreign`).status, 7, 'outside it works')
      assert.equal(await box.says('./foreign; echo "ended with $?"').then(last), 'ended with 159')
    })

    it('leave programs what they need: threads, sub-shells, pipes, sockets, timers, file watches', async () => {
      const said = await box.says(`
python3 -c 'import threading, subprocess, socket, multiprocessing
t = threading.Thread(target=lambda: print("thread")); t.start(); t.join()
print(subprocess.run(["echo", "child"], capture_output=True, text=True).stdout.strip())
a, b = socket.socketpair(); a.send(b"pair"); print(b.recv(4).decode())
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print("listens")' 2>&1 || command -v python3 || echo none
bash -c 'diff <(echo a) <(echo a) && echo substitution'
git init -q r && cd r && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m m && git log --format=%s`)
      assert.match(said, /substitution\nm$/)
      assert.match(said, /^thread\nchild\npair\nlistens$|none|not found/m)
    })

    it('leave node, npm and a compiler what they need', async () => {
      const node = process.execPath
      const readOnly = [{ source: node, target: '/opt/node' }]
      const script = `const { Worker } = require('node:worker_threads'); const { exec } = require('node:child_process')
require('node:fs').watch('.').close()
require('node:http').createServer((q, r) => r.end('ok')).listen(0, '127.0.0.1', function () {
  fetch('http://127.0.0.1:' + this.address().port).then((r) => r.text()).then((text) => {
    new Worker('console.log("worker")', { eval: true }).on('exit', () =>
      exec('echo child', (e, out) => { console.log(text, out.trim(), require('node:os').networkInterfaces().lo?.length > 0); process.exit() }))
  })
})`
      const { stdout, stderr } = await box.run(['/opt/node', '-e', script], { readOnly })
      assert.equal(stdout, 'worker\nok child true\n', stderr)
      const compiled = await box.says(
        'command -v cc >/dev/null || { echo 3; exit; }; echo "int main(void){return 3;}" >a.c; cc -o a a.c && ./a; echo $?',
      )
      assert.equal(compiled, '3')
    })

    it('let no program trace another', async () => {
      const said = await box.says(
        'command -v strace >/dev/null && strace -o /dev/null true; echo "ended with $?"',
      )
      assert.match(said, /ended with 1/)
    })
  })
}

const last = (text: string) => text.split('\n').at(-1)
