import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { RUN_JS, TestHome } from '../support/agentvm.ts'
import { FaultyHome, processesOf } from '../support/faults/faulty-home.ts'

const CANT_BE_WRITTEN = /^agentvm: warning: how agent 'a1' ended can't be written down yet: \S+: \S/m

describe('a disk that takes nothing more', function () {
  this.timeout(480_000)
  let home: FaultyHome
  beforeEach(async () => {
    home = new FaultyHome()
    await home.ok('spawn', 'a1', '--net', 'none', '--', 'sleep', '1000')
  })
  afterEach(() => home.remove())

  /** The first effect in which a command writes how an agent has ended. */
  const recording = (effects: readonly string[]) =>
    1 + effects.findIndex((effect) => /open .*\/(?:state|provenance)\/|symlink .*\/provenance\//.test(effect))
  const endOf = async () => JSON.parse(await home.ok('list', '--json'))[0].end_reason

  it('keeps nobody from killing an agent, which is written down later', async () => {
    const at = recording(await home.effects(['kill', 'a1']))
    await home.ok('restart', 'a1')
    const { code, stdout, stderr } = await home.runFaulty(['kill', 'a1'], { at, kind: 'ENOSPC', stays: true })
    assert.deepEqual([code, stdout], [0, 'a1: killed\n'], stderr)
    assert.match(stderr, CANT_BE_WRITTEN)
    assert.deepEqual([processesOf(home), await endOf()], [[], 'killed'])
  })

  for (const kind of ['ENOSPC', 'EROFS'] as const) {
    it(`keeps nobody from looking at agents: ${kind}`, async () => {
      await home.ok('tmux', 'a1', 'kill-server')
      for (const args of [['list'], ['info', 'a1']]) {
        const { code, stdout, stderr } = await home.runFaulty(args, { at: 1, kind, stays: true })
        assert.deepEqual([code, /\bdead\b/.test(stdout)], [0, true], stderr)
        assert.match(stderr, CANT_BE_WRITTEN)
      }
      assert.equal(await endOf(), 'lost')
    })

    it(`takes no agent that runs for ended where its state file is damaged as well: ${kind}`, async () => {
      const file = home.file('state/a1.env')
      const good = readFileSync(file, 'utf8')
      writeFileSync(file, good.replace(/^AGENT_PID=.*$/m, "AGENT_PID='0'"))
      const faulty = (...args: string[]) => home.runFaulty(args, { at: 1, kind, stays: true })
      const { stdout, stderr } = await faulty('list')
      assert.match(stdout, /\brunning\b/)
      assert.match(stderr, /'a1' runs: its state file names another process, and can't be mended yet: \S/)
      const cleaned = await faulty('clean', 'a1', '--force')
      assert.doesNotMatch(cleaned.stdout, /a1/, cleaned.stderr)
      assert.match(await home.ok('list'), /\brunning\b/)
      assert.equal(readFileSync(file, 'utf8'), good)
    })
  }
})

describe('a disk that an agent has filled by its log', function () {
  this.timeout(240_000)
  let home: TestHome
  beforeEach(() => {
    home = new TestHome()
    mkdirSync(home.path)
  })
  afterEach(() => home.remove())

  /** Prints more than there is room for, but less than there is room for once the ballast is gone as well. */
  const FLOODS = 'i=0; while [ $((i += 1)) -le 2800 ]; do printf %0500d 1; done; stty -echo; echo; exec cat'

  /** Runs a script of bash, which knows `agentvm`, on a home of two megabytes. Returns what it printed. */
  function onSmallDisk(script: string): string {
    const functions = `
      trap 'agentvm killall --force >/dev/null 2>&1' EXIT
      agentvm() { "$node" "$cli" "$@"; }
      soon() { for ((SECONDS = 0; SECONDS < 60; )); do "$@" && return; sleep 0.02; done; echo "it never came: $*" >&2; exit 9; }
      full() { ! head -c 65536 /dev/zero 2>/dev/null >>probe; }
      spawn() { agentvm spawn "$1" --net none -- sh -c "$2"; }`
    const { status, stdout, stderr } = spawnSync(
      'bwrap',
      [
        ...['--dev-bind', '/', '/', '--size', '2000000', '--tmpfs', home.path, '--chdir', home.path],
        ...['--', 'bash', '-c', `${functions}\n${script}`],
      ],
      {
        env: {
          ...process.env,
          NODE_V8_COVERAGE: '',
          AGENTVM_HOME: home.path,
          node: process.execPath,
          cli: RUN_JS,
        },
        encoding: 'utf8',
      },
    )
    assert.equal(status, 0, stderr)
    return stdout
  }

  it('lets agents run on, end and be killed, and knows how they ended; their logs go on once there is room', () => {
    const said = onSmallDisk(`
      head -c 900000 /dev/zero >ballast
      spawn code 'until [ -e end ]; do sleep 0.02; done; exit 7' >/dev/null
      spawn other 'exec sleep 1000' >/dev/null
      spawn floods '${FLOODS}' >/dev/null
      soon full
      touch workspaces/code/end
      agentvm wait code 2>/dev/null
      agentvm kill other 2>/dev/null
      agentvm list --json 2>/dev/null
      rm ballast probe
      sends() { agentvm exec floods 'there is room' >/dev/null && grep -aq 'there is room' state/floods.log; }
      soon sends
      soon grep -aq 'agentvm: output' state/floods.log
      grep -a 'agentvm: output' state/floods.log | tail -n 1
      agentvm list --json`)
    const [waited, killed, full, missing, after] = said.trimEnd().split('\n')
    assert.equal(waited, 'code: exited, exit code 7')
    assert.equal(killed, 'other: killed')
    assert.match(
      missing ?? '',
      /^\[agentvm: output before this line is missing: the log could not be written\]/,
    )
    for (const rows of [full, after]) {
      assert.deepEqual(
        JSON.parse(rows ?? '').map((row: Record<string, unknown>) => [row.name, row.status, row.end_reason]),
        [
          ['code', 'dead', 'exited'],
          ['floods', 'running', null],
          ['other', 'dead', 'killed'],
        ],
      )
    }
  })
})
