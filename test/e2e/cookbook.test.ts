import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { until } from '../support/agentvm.ts'
import { ShellUser } from '../support/shell-user.ts'

/** Stands for an agent CLI at its prompt: shows its arguments and whether it has its key, then answers each line. */
const CLI = `#!/bin/sh
name=$(basename "$0")
[ "$1" = --version ] && { echo 9.9.9; exit; }
[ "$1" = exec ] && { echo "$name answers: $(cat)"; exit 3; }
echo "$name with: $*"
[ -n "$ANTHROPIC_API_KEY$OPENAI_API_KEY" ] && echo "has its key"
while read -r line; do echo "$name got: $line"; done
`

/** The user's page of the bash tool, line by line, on the built CLI: what it says must hold. */
describe('the cookbook', () => {
  const user = new ShellUser()
  const sh = (line: string) => user.sh(line)
  const shows = (name: string, pattern: RegExp) =>
    until(() => pattern.test(sh(`agentvm logs ${name}`)), `${pattern} in the log of ${name}`)

  before(() => {
    user.install('claude', CLI)
    user.install('codex', CLI)
    writeFileSync(user.path('task.md'), 'Read the repo.\nSummarize "what" it $does in 5 bullets.\n')
    writeFileSync(user.path('crawl.md'), 'crawl the site\n')
    mkdirSync(user.path('Projects/my-app'), { recursive: true })
    mkdirSync(user.path('github.com/foo'), { recursive: true })
    writeFileSync(user.path('Projects/my-app/main.rs'), 'fn main() {}\n')
    const git = 'git -c user.name=u -c user.email=u@example.org -c init.defaultBranch=main'
    sh(`cd Projects/my-app && ${git} init -q && ${git} add . && ${git} commit -qm first`)
    sh('git clone -q --bare Projects/my-app github.com/foo/bar')
    writeFileSync(
      user.path('.gitconfig'),
      `[url "file://${user.path('github.com')}/"]\n\tinsteadOf = https://github.com/\n`,
    )
  })
  after(() => user.remove())

  it('quick start: doctor checks the environment', () => {
    assert.match(user.try('agentvm doctor').stdout, /tmux/)
  })

  it('quick start: env set keeps keys where only you can read them', () => {
    sh('agentvm env set ANTHROPIC_API_KEY=sk-ant-0123456789')
    sh('agentvm env set OPENAI_API_KEY=sk-proj-0123456789')
    assert.equal(sh('agentvm env get ANTHROPIC_API_KEY'), 'sk-ant-0123456789\n')
    assert.equal(sh('stat -c %a ~/.agentvm/env').trim(), '600')
    assert.doesNotMatch(sh('agentvm env list'), /0123456789/)
  })

  it('quick start: spawn starts an agent that has its key, exec types into it, logs shows it', async () => {
    sh('agentvm spawn c1 -p claude-code')
    await shows('c1', /claude with: .*\nhas its key/)
    sh('agentvm exec c1 "write a hello-world in rust"')
    await shows('c1', /claude got: write a hello-world in rust/)
  })

  it('quick start: logs -f ends when the agent does', () => {
    assert.match(sh('agentvm logs c1 -f & sleep 1; agentvm kill c1 >/dev/null; wait'), /hello-world/)
  })

  it('a pre-written task at spawn time: reaches the agent whole, and is tagged', async () => {
    sh('agentvm spawn reviewer -p claude-code --prompt ~/task.md -t task=review')
    await shows('reviewer', /Summarize "what" it \$does in 5 bullets\./)
    assert.equal(JSON.parse(sh('agentvm info reviewer --json')).tags.task, 'review')
  })

  it('a pre-written task at spawn time: is replayed by restart, also when its file has changed', async () => {
    writeFileSync(user.path('task.md'), 'another task\n')
    sh('agentvm kill reviewer')
    sh('agentvm restart reviewer --replay')
    await until(() => sh('agentvm logs reviewer').split('$does').length >= 3, 'the prompt a second time')
    assert.doesNotMatch(sh('agentvm logs reviewer'), /another task/)
  })

  it('a swarm has a workspace for each agent, and the same prompt', async () => {
    sh('agentvm swarm crawler 5 -p claude-code --prompt ~/crawl.md')
    assert.deepEqual(
      sh('agentvm list -q | grep crawler').trim().split('\n'),
      [1, 2, 3, 4, 5].map((i) => `crawler-${i}`),
    )
    await shows('crawler-3', /crawl the site/)
    for (const i of [1, 2, 3, 4, 5]) assert.ok(user.has('.agentvm/workspaces', `crawler-${i}`))
    assert.match(sh('timeout -s INT 100 agentvm watch | grep -m 1 crawler-5'), /crawler-5/)
  })

  it('a one-shot run prints the final output, exits with the agent’s code, and cleans up', () => {
    const { code, stdout } = user.try('agentvm run -p codex --timeout 600 --prompt ~/crawl.md')
    assert.deepEqual([code, stdout], [3, 'codex answers: crawl the site\n'])
    assert.doesNotMatch(sh('agentvm list -q'), /run-/)
    user.try('agentvm run -p codex --keep --name kept --prompt ~/crawl.md')
    assert.ok(user.has('.agentvm/workspaces/kept'))
  })

  it('tags select for list, broadcast and killall', async () => {
    sh('agentvm spawn w1 -p claude-code -t env=staging')
    sh('agentvm spawn w2 -p claude-code -t env=staging')
    sh('agentvm spawn w3 -p codex       -t env=prod')
    assert.equal(sh('agentvm list --tag env=staging -q'), 'w1\nw2\n')
    await shows('w2', /has its key/)
    sh('agentvm broadcast --tag env=staging "git pull"')
    await shows('w1', /claude got: git pull/)
    await shows('w2', /claude got: git pull/)
    assert.doesNotMatch(sh('agentvm logs w3'), /git pull/)
    sh('agentvm killall  --tag env=staging --force')
    assert.equal(sh('agentvm list -q --status running | grep ^w'), 'w3\n')
  })

  it('a clone branches work: a copy of the workspace, dead until it is restarted', async () => {
    writeFileSync(user.path('.agentvm/workspaces/reviewer/SUMMARY.md'), 'so far\n')
    sh('agentvm clone reviewer reviewer-experiment')
    assert.equal(JSON.parse(sh('agentvm info reviewer-experiment --json')).status, 'dead')
    assert.equal(user.read('.agentvm/workspaces/reviewer-experiment/SUMMARY.md'), 'so far\n')
    sh('agentvm restart reviewer-experiment')
    await shows('reviewer-experiment', /claude with:/)
  })

  it('an existing project: is copied into the workspace, and the original stays as it is', async () => {
    sh('agentvm spawn refactor -p claude-code --from-dir ~/Projects/my-app --prompt ~/task.md')
    await shows('refactor', /another task/)
    assert.equal(user.read('.agentvm/workspaces/refactor/main.rs'), 'fn main() {}\n')
    writeFileSync(user.path('.agentvm/workspaces/refactor/main.rs'), 'fn main() { todo!() }\n')
    writeFileSync(user.path('.agentvm/workspaces/refactor/new.rs'), '// new\n')
    assert.equal(user.read('Projects/my-app/main.rs'), 'fn main() {}\n')
  })

  it('an existing project: is cloned at a ref', () => {
    sh('agentvm spawn trial -p claude-code --from-git https://github.com/foo/bar --ref main')
    assert.equal(user.read('.agentvm/workspaces/trial/main.rs'), 'fn main() {}\n')
  })

  it('an existing project: diff shows what the agent changed', () => {
    const diff = sh('agentvm diff refactor')
    assert.match(diff, /\+fn main\(\) \{ todo!\(\) \}/)
    assert.match(diff, /new\.rs/)
    writeFileSync(user.path('.agentvm/workspaces/c1/made.txt'), 'made\n')
    assert.match(sh('agentvm diff c1'), /made\.txt/)
  })

  it('an identity for each agent: a DID, and commits signed with its key', async () => {
    // Nobody listens there: what the node would say isn't what this page is about.
    const offline = 'GITLAWB_NODE=http://127.0.0.1:9'
    sh(`${offline} agentvm spawn claude-1 -p claude-code --gitlawb`)
    assert.match(JSON.parse(sh('agentvm info claude-1 --json')).did, /^did:key:z6Mk/)
    await shows('claude-1', /claude with:/)
  })

  it('a profile of your own runs your agent', async () => {
    mkdirSync(user.path('.agentvm/profiles'), { recursive: true })
    user.install('my-agent', CLI)
    mkdirSync(user.path('.my-agent'))
    writeFileSync(user.path('.agentvm/profiles/setup-my-profile.sh'), 'touch "$1/set-up"\n')
    writeFileSync(
      user.path('.agentvm/profiles/my-profile.env'),
      `# profiles/my-profile.env
PROFILE_LABEL="My Agent"
PROFILE_CMD="my-agent --auto"
PROFILE_RO_PATHS="\${HOME}/.local/bin"         # : separated
PROFILE_RW_PATHS="\${HOME}/.my-agent"          # : separated
PROFILE_ENV_VARS="MY_API_KEY:MY_BASE_URL"     # : separated
PROFILE_POST_CREATE_SCRIPT="$SCRIPT_DIR/profiles/setup-my-profile.sh"
`,
    )
    sh('agentvm spawn mine -p my-profile')
    await shows('mine', /my-agent with: --auto/)
    assert.ok(user.has('.agentvm/workspaces/mine/set-up'))
    assert.match(sh('agentvm profiles'), /my-profile/)
  })

  it('hooks run before and after a spawn, with name and workspace', async () => {
    mkdirSync(user.path('.agentvm/hooks'), { recursive: true })
    for (const hook of ['pre-spawn', 'post-spawn']) {
      writeFileSync(user.path('.agentvm/hooks', hook), `#!/bin/sh\necho "${hook} $1 $2" >>~/hooked\n`, {
        mode: 0o755,
      })
    }
    sh('agentvm spawn hooked -- true')
    const workspace = user.path('.agentvm/workspaces/hooked')
    await until(() => user.has('hooked') && user.read('hooked').includes('post-spawn'), 'the second hook')
    assert.equal(user.read('hooked'), `pre-spawn hooked ${workspace}\npost-spawn hooked ${workspace}\n`)
  })

  it('the default profile comes from the config file', async () => {
    writeFileSync(user.path('.agentvm/config'), 'AGENTVM_DEFAULT_PROFILE=codex\n', { mode: 0o600 })
    sh('agentvm spawn d1')
    await shows('d1', /codex with:/)
  })

  it('files lie where the page says', () => {
    for (const path of ['env', 'config', 'history.log', 'state/c1.env', 'state/c1.log', 'workspaces/c1']) {
      assert.ok(user.has('.agentvm', path), path)
    }
    assert.match(user.read('.agentvm/history.log'), /^\S+\tspawn\tc1\t/m)
    assert.equal(sh('agentvm root').trim(), user.path('.agentvm'))
  })

  it('completion is installed by the line of each shell', () => {
    sh('mkdir -p ~/.local/share/bash-completion/completions ~/.zsh/completions')
    sh('agentvm completion bash > ~/.local/share/bash-completion/completions/agentvm')
    sh('agentvm completion zsh  > ~/.zsh/completions/_agentvm')
    sh('source ~/.local/share/bash-completion/completions/agentvm; declare -F _agentvm_complete')
  })

  it('every command of the page is there', () => {
    const commands = [
      ...[
        'spawn',
        'run',
        'swarm',
        'restart',
        'clone',
        'rename',
        'list',
        'ps',
        'info',
        'stats',
        'history',
        'diff',
      ],
      ...[
        'grid',
        'open',
        'logs',
        'watch',
        'attach',
        'exec',
        'send',
        'broadcast',
        'wait',
        'kill',
        'killall',
        'clean',
      ],
      ...['purge', 'profiles', 'keys', 'env', 'doctor', 'completion', 'upgrade', 'root', 'version', 'help'],
    ]
    for (const command of commands) {
      const { code, stderr } = user.try(`agentvm ${command} --help`)
      assert.equal(code, 0, `${command}: ${stderr}`)
    }
  })

  it('observes, kills, cleans and purges', () => {
    assert.match(sh('agentvm ps'), /w3/)
    assert.match(sh('agentvm stats'), /\d/)
    assert.match(sh('agentvm history -n 5 -e spawn'), /spawn/)
    assert.equal(sh('agentvm open w3').trim(), user.path('.agentvm/workspaces/w3'))
    sh('agentvm kill w3')
    sh('agentvm wait w3 --timeout 60')
    sh('agentvm killall --force')
    sh('agentvm clean --force')
    assert.equal(sh('agentvm list -q'), '')
    sh('agentvm purge --force')
  })
})
