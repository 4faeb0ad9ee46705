import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TestHome } from '../support/agentvm.ts'
import { ROOT } from '../support/cli-installed.ts'
import { ShellTerminal } from '../support/shell-terminal.ts'

type Shell = 'bash' | 'zsh' | 'fish'
const SHELLS: Shell[] = ['bash', 'zsh', 'fish']
const FOLDERS = { bash: 'bash', zsh: 'zsh', fish: 'fish/completions' }
const FILES = { bash: 'agentvm', zsh: '_agentvm', fish: 'agentvm.fish' }

/** Without these a promise to users goes untested: that is a failure, also on a machine where they can't be installed. */
function requireShells(): void {
  const missing = SHELLS.filter((shell) => spawnSync(shell, ['-c', 'true']).error)
  if (missing.length > 0) throw new Error(`not installed: apt-get install ${missing.join(' ')}`)
}

describe('completion', function () {
  this.timeout(240_000)
  const home = new TestHome()
  const folder = mkdtempSync(join(tmpdir(), 'agentvm-comp-'))
  const script = (shell: Shell) => join(folder, FOLDERS[shell], FILES[shell])
  const env = {
    HOME: join(folder, 'user'),
    XDG_CONFIG_HOME: folder,
    XDG_CACHE_HOME: join(folder, 'cache'),
    AGENTVM_HOME: home.path,
  }

  before(async () => {
    requireShells()
    await home.ok('spawn', 'lives', '--net', 'none', '-t', 'env=staging', '--', 'sleep', '600')
    await home.ok('spawn', 'killed', '--net', 'none', '-t', 'env=prod', '--', 'sleep', '600')
    await home.ok('kill', 'killed')
    await home.ok('spawn', 'w-9', '--net', 'none', '--', 'true')
    await home.ok('wait', 'w-9')
    await home.ok('clean', 'w-9', '--force')
    await home.ok('env', 'set', 'MY_TOKEN=secret-value')
    mkdirSync(env.HOME)
    for (const shell of SHELLS) {
      mkdirSync(join(folder, FOLDERS[shell]), { recursive: true })
      const { stdout, code } = await home.run(['completion', shell], { env })
      assert.equal(code, 0)
      writeFileSync(script(shell), stdout)
    }
    writeFileSync(join(folder, 'a file.txt'), '')
  })
  after(async () => {
    await home.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  /** What a shell offers after a line, without a terminal; no program can be started meanwhile. */
  const offers: Record<Shell, (line: string) => string[]> = {
    bash: (line) =>
      lines('bash', [
        ...['--norc', '-c'],
        `. "$1"; PATH=/nonexistent; COMP_LINE=$2 COMP_POINT=\${#2}
        line=\${2//=/ = }; read -ra COMP_WORDS <<<"$line"; [[ $2 == *[\\ =] ]] && COMP_WORDS+=('')
        [[ $2 == *= ]] && unset "COMP_WORDS[-1]"
        COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _agentvm_complete 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`,
        ...['bash', script('bash'), line],
      ]),
    zsh: (line) =>
      lines('zsh', [
        ...['-f', '-c'],
        `compadd() { shift; print -rl -- "$@" }
        _describe() { print -rl -- "\${(@P)argv[-1]}" }
        _files() { print files }; _normal() { print normal }; compset() { :; }
        words=('' ''); CURRENT=2; functions[load]=$(<$1); load >/dev/null; PATH=/nonexistent
        words=("\${(@s: :)2}"); CURRENT=$#words; _agentvm_complete`,
        ...['zsh', script('zsh'), line],
      ]).map((offer) => offer.replace(/^((?:\\:|[^:\\])*):.*/, '$1')),
    fish: (line) =>
      lines('fish', ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', script('fish'), line]).map(
        (offer) => offer.split('\t')[0]?.replace(/^--\w+=(?=.)/, '') ?? '',
      ),
  }

  function lines(program: string, args: string[]): string[] {
    const { stdout, stderr } = spawnSync(program, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...env, PATH: process.env.PATH },
    })
    if (program !== 'fish') assert.equal(stderr, '', program)
    return stdout.split('\n').filter((line) => line !== '')
  }

  for (const shell of SHELLS) {
    describe(`in ${shell}`, () => {
      const offered = (line: string) => offers[shell](line).sort()
      const begin = (word: string, list: string[]) => list.filter((each) => each.startsWith(word))

      it('offers commands, topics and their commands', () => {
        const all = offered('agentvm ')
        for (const name of ['spawn', 'list', 'ls', 'env', 'config', 'completion', 'plugins', 'help'])
          assert.ok(all.includes(name), name)
        assert.ok(!all.includes('exit-codes'), 'hidden')
        assert.deepEqual(begin('att', offered('agentvm att')), ['attach'])
        assert.deepEqual(begin('un', offered('agentvm config un')), ['unset'])
        assert.deepEqual(begin('sh', offered('agentvm profiles sh')), ['show'])
        assert.ok(offered('agentvm help env ').includes('set'))
      })

      it('offers agents by their status', () => {
        for (const command of ['attach', 'exec', 'send', 'kill', 'logs -f', 'wait'])
          assert.deepEqual(offered(`agentvm ${command} `), ['lives'], command)
        assert.deepEqual(offered('agentvm spawn '), ['killed'])
        for (const command of ['logs', 'info', 'kill lives'])
          assert.ok(offered(`agentvm ${command} `).includes('lives'), command)
        assert.deepEqual(offered('agentvm info '), ['killed', 'lives'])
        assert.deepEqual(offered('agentvm exec lives '), [])
        assert.deepEqual(offered('agentvm trash restore '), ['w-9'])
      })

      it('offers flags, and what their values can be', () => {
        const flags = offered('agentvm list --')
        for (const flag of ['--tag', '--status', '--json', '--help']) assert.ok(flags.includes(flag), flag)
        assert.deepEqual(offered('agentvm list --status '), ['dead', 'running'])
        assert.deepEqual(offered('agentvm list --status='), ['dead', 'running'])
        assert.deepEqual(offered('agentvm list -t '), ['env=prod', 'env=staging'])
        assert.ok(begin('co', offered('agentvm spawn x -p co')).includes('codex'))
        assert.ok(offered('agentvm spawn x --sandbox ').includes('bwrap'))
        assert.ok(offered('agentvm spawn x -e ').includes('ANTHROPIC_API_KEY'))
        assert.ok(offered('agentvm kill --signal ').includes('INT'))
      })

      it('offers names of settings and variables, never their values', () => {
        assert.ok(offered('agentvm config set ').includes('AGENTVM_NET'))
        assert.deepEqual(offered('agentvm config set AGENTVM_NET '), ['allowlist', 'host', 'none'])
        assert.ok(offered('agentvm config set AGENTVM_DEFAULT_PROFILE ').includes('gemini'))
        assert.deepEqual(offered('agentvm env get '), ['MY_TOKEN'])
        assert.ok(offered('agentvm env set ').includes('OPENAI_API_KEY'))
      })

      it('completes at Tab in a real terminal, files with odd names as well', async () => {
        const terminal = new ShellTerminal(INTERACTIVE[shell](script(shell)), {
          ...env,
          PATH: `${join(ROOT, 'bin')}:${process.env.PATH}`,
          PS1: '> ',
        })
        try {
          await terminal.shows(/\S/)
          if (shell === 'zsh') {
            terminal.type(
              `PS1='> '; fpath=(${join(folder, 'zsh')} $fpath); autoload -Uz compinit; compinit -u -D`,
            )
            terminal.press('Enter')
          }
          terminal.type(`cd ${folder} && printf 're%s\\n' ady`)
          terminal.press('Enter')
          await terminal.shows(/^ready$/m)
          terminal.type('agentvm att')
          terminal.press('Tab')
          await terminal.shows(/agentvm attach\s*$/m)
          terminal.type('li')
          terminal.press('Tab')
          await terminal.shows(/agentvm attach lives/)
          terminal.press('C-u')
          terminal.type('agentvm list --tag env=st')
          terminal.press('Tab')
          await terminal.shows(/agentvm list --tag env=staging/)
          terminal.press('C-u')
          terminal.type('agentvm send lives a')
          terminal.press('Tab')
          await terminal.shows(/agentvm send lives ('a file\.txt'|a\\ file\.txt)/)
          terminal.press('C-u')
          terminal.type('agentvm plugins inspect @agentvm/profile-cod')
          terminal.press('Tab')
          await terminal.shows(/agentvm plugins inspect @agentvm\/profile-codex/)
          terminal.press('C-u')
          terminal.type('agentvm spawn x -- ech')
          terminal.press('Tab')
          await terminal.shows(/agentvm spawn x -- echo/)
        } finally {
          terminal.close()
        }
      })
    })
  }

  it('reads the names of 20 agents in at most 5 ms, without starting a program', () => {
    const many = join(folder, 'many')
    mkdirSync(join(many, 'state'), { recursive: true })
    for (let i = 0; i < 20; i += 1) {
      const state = home.read('state', i % 2 ? 'lives.env' : 'killed.env')
      writeFileSync(join(many, 'state', `w-${i}.env`), state)
    }
    for (const shell of SHELLS) {
      const cost = (rounds: number) => cpuOf(shell, script(shell), { ...env, AGENTVM_HOME: many }, rounds)
      const each = (cost(110) - cost(10)) / 100
      assert.ok(each <= 5, `${shell}: ${each} ms`)
    }
  })

  it('knows the functions that the install lines of the bash tool rely on', () => {
    assert.match(readFileSync(script('zsh'), 'utf8'), /^#compdef agentvm$/m)
    assert.match(readFileSync(script('bash'), 'utf8'), /^_agentvm_complete\(\) \{$/m)
    assert.match(readFileSync(script('bash'), 'utf8'), /^complete -F _agentvm_complete agentvm$/m)
  })

  it('writes the same scripts by agentvm autocomplete, which installed ones then prefer', async () => {
    const { code, stdout } = await home.run(['autocomplete', 'zsh'], { env })
    assert.equal(code, 0)
    assert.match(stdout, /autocomplete script zsh/)
    const cached = join(env.XDG_CACHE_HOME, 'agentvm/autocomplete/functions')
    for (const [shell, path] of [
      ['bash', 'bash/agentvm.bash'],
      ['zsh', 'zsh/_agentvm'],
      ['fish', 'fish/agentvm.fish'],
    ] as const) {
      const text = readFileSync(join(cached, path), 'utf8')
      assert.ok(readFileSync(script(shell), 'utf8').startsWith(text.slice(0, 5_000)), shell)
      writeFileSync(join(cached, path), text.replaceAll('sandboxes', 'sandboxez'))
      assert.ok(offers[shell]('agentvm sandbox').includes('sandboxez'), shell)
    }
    assert.equal((await home.run(['completion', 'bash'], { env })).code, 0)
    for (const shell of SHELLS) assert.ok(!offers[shell]('agentvm sandbox').includes('sandboxez'), shell)
    const setup = execFileSync('bash', [
      ...['--norc', '-c', '. "$1"/bash_setup; complete -p agentvm', 'bash'],
      join(env.XDG_CACHE_HOME, 'agentvm/autocomplete'),
    ])
    assert.match(setup.toString(), /-F _agentvm_complete/)
    assert.match((await home.run(['autocomplete', 'fish'], { env })).stdout, /completion fish >/)
  })
})

const INTERACTIVE: Record<Shell, (script: string) => string[]> = {
  bash: (script) => ['bash', '--rcfile', script, '-i'],
  zsh: () => ['zsh', '-f', '-i'],
  fish: () => ['fish', '-i'],
}

/** Milliseconds of processor time that a shell took to find the running agents so many times: other load doesn't count. */
function cpuOf(shell: Shell, script: string, env: Record<string, string>, rounds: number): number {
  const programs = {
    bash: `. "$1"; PATH=/nonexistent; for ((i = 0; i < $2; i++)); do values=(); _agentvm_agents running; done
      [[ \${#values[@]} == 10 ]]`,
    zsh: `functions[load]=$(<$1); CURRENT=2; words=('' ''); _describe() { : }; load; PATH=/nonexistent
      for ((i = 0; i < $2; i++)); do values=(); _agentvm_agents running; done; (( $#values == 10 ))`,
    fish: `source $argv[1]; set PATH /nonexistent; set i 0; while test $i -lt $argv[2]
      set values (__agentvm_agents running); set i (math $i + 1); end; test (count $values) = 10`,
  }
  const options = { bash: ['--norc'], zsh: ['-f'], fish: ['--no-config'] }
  const name = shell === 'fish' ? [] : [shell]
  const before = cpuOfChildren()
  const { status, stderr } = spawnSync(
    shell,
    [...options[shell], '-c', programs[shell], ...name, script, String(rounds)],
    { encoding: 'utf8', env: { ...env, PATH: process.env.PATH } },
  )
  assert.equal(status, 0, `${shell}: ${stderr}`)
  return cpuOfChildren() - before
}

/** Milliseconds that our ended children have used, see proc_pid_stat(5): cutime and cstime, in ticks of 10 ms. */
function cpuOfChildren(): number {
  const stat = readFileSync('/proc/self/stat', 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) * 10
}
