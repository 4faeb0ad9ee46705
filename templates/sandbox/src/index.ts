import { accessSync, constants } from 'node:fs'
import { defineSandbox } from '@agentvm/sdk'

const NICE = '/usr/bin/nice'

/**
 * Template Name. As it stands it starts agents with a lower priority and enforces nothing, which it says: agentvm then
 * leaves the permission prompts of agents on. What it should enforce goes into `wrap`, and what it does enforce into
 * `capabilities`: with `isolates: true` the tests attack it.
 */
export default defineSandbox({
  id: 'template-name',
  label: 'Template Name',
  platforms: ['linux', 'darwin'],
  // The automatic choice takes the highest that works: this one is for who asks for it.
  rank: 0,
  capabilities: {
    isolates: false,
    relocatesPaths: false,
    network: ['host'],
    limits: [],
    processes: 'best-effort',
    relocatable: false,
  },

  async probe() {
    try {
      accessSync(NICE, constants.X_OK)
      return { ok: true }
    } catch {
      return { ok: false, reason: `there is no ${NICE}`, fix: 'sudo apt install coreutils' }
    }
  },

  // Pure: the same policy gives the same start, and nothing is touched. What can't be enforced is refused.
  wrap(policy, command) {
    if (policy.network.mode !== 'host') throw new Error('the network is always open with template-name')
    return {
      // Anybody on this machine can read these: keys are in `env` only.
      argv: [NICE, '-n', '5', '--', ...command],
      env: policy.env,
      files: [],
      fds: [],
      ignoreSignals: [],
    }
  },
})
