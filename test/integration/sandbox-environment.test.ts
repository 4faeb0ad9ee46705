import assert from 'node:assert/strict'
import { chmodSync, readdirSync, readFileSync } from 'node:fs'
import { processesWith, until } from '../support/agentvm.ts'
import { ACTORS, Box } from '../support/wrapped.ts'

/** Prints a process's environment or arguments as lines. */
const lines = (file: string) => `tr '\\0' '\\n' <${file}`

for (const actor of ACTORS) {
  describe(`the start of a command in a sandbox of ${actor.name}`, () => {
    let box: Box
    before(() => {
      box = new Box(actor)
    })
    after(() => box.remove())

    it('gives it exactly the environment of the policy', async () => {
      const env = { PATH: '/usr/bin', EMPTY: '', TEXT: ' a "b" $c\nd=e ', 'odd.name': 'x' }
      const { stdout } = await box.run(['env', '-0'], { env })
      const seen = stdout.split('\0').filter((entry) => entry !== '')
      assert.deepEqual(
        seen.sort(),
        Object.entries(env)
          .map(([name, value]) => `${name}=${value}`)
          .sort(),
      )
    })

    it('shows the caller’s environment in no process', async () => {
      const said = await box.says(
        `for f in /proc/[0-9]*/environ; do ${lines('$f')}; done; ${lines('/proc/1/environ')}`,
      )
      assert.doesNotMatch(said, /HOST_SECRET|of-the-caller/)
      assert.equal(await box.says('wc -c </proc/1/environ'), '0')
    })

    it('shows values of the environment in no command line and no environment of the host', async () => {
      const env = { PATH: '/usr/bin:/bin', KEY: `sk-${process.pid}-hidden` }
      const command = ['sleep', `77${process.pid}`]
      const child = box.start(command, { env })
      const isCommand = (pid: number) => commandLine(pid) === `${command.join('\0')}\0`
      await until(() => processesWith('sleep').some(isCommand), 'the start')
      assert.deepEqual(processesWith(env.KEY), [])
      const bwrap = processesWith('bwrap').filter((pid) => commandLine(pid).includes(`77${process.pid}`))
      assert.ok(bwrap.length > 0)
      for (const pid of bwrap) assert.equal(readFileSync(`/proc/${pid}/environ`, 'latin1'), '')
      child.kill('SIGKILL')
    })

    it('leaves none of the files by which arguments travelled', async () => {
      await box.sh('true')
      const left = readdirSync(box.folder)
        .filter((name) => name.startsWith('run-'))
        .flatMap((name) => readdirSync(`${box.folder}/${name}`))
      assert.deepEqual([...new Set(left)].sort(), ['launcher', 'status'])
    })

    it('hands no descriptor on but the three streams, neither to it nor to the sandbox’s first process', async () => {
      const inherited = readdirSync('/proc/self/fd')
        .map(Number)
        .filter((fd) => fd > 9)
      const { stdout } = await box.sh(
        'for f in /proc/self/fd/* /proc/1/fd/*; do echo "$f $(readlink "$f")"; done',
      )
      const opened = stdout
        .split('\n')
        .map((line) => /^\/proc\/(self|1)\/fd\/(\d+) (.+)$/.exec(line))
        .flatMap((match) => (match ? [{ fd: Number(match[2]), file: match[3] ?? '' }] : []))
        .filter(({ fd, file }) => fd > 2 && !inherited.includes(fd) && !file.startsWith('/proc/'))
      assert.deepEqual(
        opened.filter(({ file }) => !file.includes('[eventfd]')),
        [],
      )
    })

    it('passes arguments byte for byte', async () => {
      const words = [
        'a b',
        '$(x)',
        '',
        'two\nlines',
        'A=B',
        '--',
        '--flag',
        '-',
        '*',
        "it's",
        '"',
        '\\',
        'ü😀',
        '\x01\x7f',
      ]
      const { stdout } = await box.run(['printf', '%s\\0', ...words])
      assert.deepEqual(stdout.split('\0').slice(0, -1), words)
    })

    it('runs a program whatever its name is', async () => {
      box.makeFolder('workspace', 'bin')
      for (const name of ['A=B', '-x', '-x=y', '--help', 'two words', '$HOME', "it's"]) {
        const file = box.write(`workspace/bin/${name}`, '#!/bin/sh\nprintf "%s|" ran "$@"\n')
        chmodSync(file, 0o700)
        const { code, stdout } = await box.run([name, 'C=D', '-v'], {
          env: { PATH: '/workspace/bin:/usr/bin:/bin' },
        })
        assert.deepEqual([code, stdout], [0, 'ran|C=D|-v|'], name)
        const byPath = await box.run([`/workspace/bin/${name}`])
        assert.equal(byPath.stdout, 'ran|', name)
      }
    })

    it('ends with the command’s code, 127 if it isn’t there, 126 if it can’t be run, 128 + N by a signal', async () => {
      box.write('workspace/plain', 'text')
      const codes: [string[], number][] = [
        [['true'], 0],
        [['sh', '-c', 'exit 42'], 42],
        [['no-such-program'], 127],
        [['/no/such/program'], 127],
        [[''], 127],
        [['/workspace/plain'], 126],
        [['/workspace'], 126],
        [['sh', '-c', 'kill -TERM $$'], 143],
        [['sh', '-c', 'kill -KILL $$'], 137],
      ]
      for (const [command, expected] of codes) {
        const { code, begun } = await box.run(command)
        assert.deepEqual([code, begun], [expected, true], command.join(' '))
      }
    })

    it('begins in the folder of the policy', async () => {
      box.makeFolder('workspace', 'sub')
      assert.equal(await box.says('/bin/pwd', { cwd: '/workspace/sub' }), '/workspace/sub')
    })
  })
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    return ''
  }
}
