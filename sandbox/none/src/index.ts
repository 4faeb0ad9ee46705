import { defineSandbox, type SandboxPolicy, type WrappedCommand } from '@agentvm/sdk'

/** Runs the command as it is. The environment is exact; nothing else of the policy is enforced. */
function wrap(policy: SandboxPolicy, command: readonly string[]): WrappedCommand {
  const [program, ...args] = command
  if (program === undefined) throw new Error('there is no command')
  if (policy.network.mode !== 'host') throw new Error('without a sandbox the network is always open')
  return {
    argv: [program, ...args],
    env: policy.env,
    files: [],
    fds: [],
    ignoreSignals: [],
  }
}

export default defineSandbox({
  id: 'none',
  label: 'no sandbox',
  platforms: ['linux', 'darwin'],
  rank: 0,
  capabilities: {
    isolates: false,
    relocatesPaths: false,
    network: ['host'],
    limits: [],
    processes: 'best-effort',
    relocatable: false,
  },
  probe: async () => ({ ok: true }),
  wrap,
})
