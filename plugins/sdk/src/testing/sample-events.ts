import type { AgentSummary, LifecycleEvents, SpawnPlan } from '../lifecycle.ts'

const BARE_PLAN: SpawnPlan = {
  ...{ name: 'a1', sandbox: 'none', command: ['true'], env: {}, tags: {}, network: 'host', limits: {} },
  ...{ protect: 'existing', gitConfig: 'ro', readOnly: [], readWrite: [], allow: [], helpers: [] },
}

const FULL_PLAN: SpawnPlan = {
  ...{
    name: 'a-Very-Long-Name-2',
    profile: 'codex',
    sandbox: 'bwrap',
    command: ['codex', '--', 'two\nlines'],
  },
  env: { PATH: '/usr/bin:/bin', OPENAI_API_KEY: 'sk-conformance', EMPTY: '' },
  readOnly: [{ source: '/opt/tool', target: '/opt/tool' }],
  readWrite: [{ source: '/srv/data', target: '/srv/data' }],
  tags: { team: 'x', 'a.b': '' },
  ...{ prompt: 'Do $(it) `now`\n', network: 'allowlist', identity: 'gitlawb' },
  limits: { memory: 2 ** 30, processes: 100, cpus: 1.5 },
  ...{ protect: 'strict', gitConfig: 'rw' },
  allow: [{ host: '*.example.org', port: 443, from: 'profile codex' }],
  helpers: [{ name: 'signer', argv: ['/usr/bin/signer'], ready: '/run/x/socket', socketDir: '/run/x' }],
}

const BARE_AGENT: AgentSummary = { id: '0a1b2c3d', name: 'a1', workspace: '/w/a1', sandbox: 'none', tags: {} }
const FULL_AGENT: AgentSummary = {
  ...{ id: 'zzzzzzzz', name: 'B-2', workspace: '/home/ü ser/w', profile: 'codex', sandbox: 'bwrap' },
  tags: { team: 'x' },
}

/** What agentvm tells the plugins: for each hook the least and the most. */
export const SAMPLE_EVENTS: { [Name in keyof LifecycleEvents]: LifecycleEvents[Name][] } = {
  'agentvm:spawn:before': [{ plan: BARE_PLAN }, { plan: FULL_PLAN }],
  'agentvm:spawn:after': [{ agent: BARE_AGENT }, { agent: FULL_AGENT }],
  'agentvm:exit': [
    { agent: BARE_AGENT, exitCode: null, reason: 'lost' },
    { agent: FULL_AGENT, exitCode: 0, reason: 'exited' },
    { agent: FULL_AGENT, exitCode: 137, reason: 'out-of-memory' },
  ],
  'agentvm:kill': [{ agent: BARE_AGENT }, { agent: FULL_AGENT }],
  'agentvm:rename': [{ agent: FULL_AGENT, from: 'a1' }],
  'agentvm:clean': [{ agent: BARE_AGENT }, { agent: FULL_AGENT }],
}
