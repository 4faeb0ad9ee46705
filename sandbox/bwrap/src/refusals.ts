import type { ProbeResult } from '@agentvm/sdk'

/** What decides why bubblewrap fails on a machine. */
export interface Machine {
  isRoot: boolean
  /** Absolute path of bubblewrap. */
  bwrap: string
  /** Whether bubblewrap runs as root for ordinary users. */
  isSetuid: boolean
  /** The value of a kernel setting, such as `user.max_user_namespaces`; undefined if the kernel lacks it. */
  sysctl: (name: string) => string | undefined
}

interface Refusal {
  holds: (stderr: string, machine: Machine) => boolean
  reason: string
  fix: (machine: Machine) => string
}

/** Why bubblewrap can refuse, the surest sign first. */
const REFUSALS: Refusal[] = [
  {
    holds: (stderr, { isSetuid, isRoot }) =>
      isSetuid && !isRoot && /setuid mode|max_user_namespaces/.test(stderr),
    reason: 'bubblewrap is installed setuid, and then refuses to bound temporary space and nested namespaces',
    fix: ({ bwrap }) => `sudo chmod u-s ${bwrap}`,
  },
  {
    holds: (stderr) => /unknown option/i.test(stderr),
    reason: 'this bubblewrap is too old: --disable-userns and --size came with 0.8',
    fix: () => 'install bubblewrap 0.8 or newer (Debian 12, Ubuntu 24.04, Fedora 38 and later have it)',
  },
  {
    holds: (stderr) => /^(\/usr\/bin\/)?env: |execvp \/usr\/bin\/env/m.test(stderr),
    reason: "the system's /usr/bin/env lacks --default-signal: it is not of GNU coreutils 8.31 or newer",
    fix: () => 'sudo apk add coreutils   (elsewhere: the package coreutils)',
  },
  {
    holds: (_, { isRoot, sysctl }) =>
      !isRoot && sysctl('kernel.apparmor_restrict_unprivileged_userns') === '1',
    reason: 'AppArmor forbids ordinary users to make user namespaces',
    fix: ({ bwrap }) =>
      `printf 'abi <abi/4.0>,\\ninclude <tunables/global>\\nprofile bwrap ${bwrap} flags=(unconfined) {\\n  userns,\\n}\\n' | sudo tee /etc/apparmor.d/bwrap && sudo apparmor_parser -r /etc/apparmor.d/bwrap`,
  },
  {
    holds: (_, { isRoot, sysctl }) => !isRoot && sysctl('kernel.unprivileged_userns_clone') === '0',
    reason: 'the kernel forbids ordinary users to make user namespaces',
    fix: () => 'sudo sysctl -w kernel.unprivileged_userns_clone=1',
  },
  {
    holds: (_, { sysctl }) => sysctl('user.max_user_namespaces') === '0',
    reason: 'the kernel allows no user namespaces',
    fix: () => 'sudo sysctl -w user.max_user_namespaces=15000',
  },
  {
    holds: (stderr) => /mount proc|mounting proc/i.test(stderr),
    reason: 'this container forbids to mount /proc',
    fix: () => 'start the container with: docker run --security-opt systempaths=unconfined …',
  },
  {
    holds: (stderr) => /new namespace|RTM_NEWADDR|uid map|pivot_root|make \/ slave/i.test(stderr),
    reason: 'user namespaces are forbidden here, as in most containers',
    fix: () =>
      'start the container with: docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined …',
  },
]

/** Says in plain words why bubblewrap failed with this message on this machine. */
export function explainRefusal(stderr: string, machine: Machine): ProbeResult {
  const refusal = REFUSALS.find(({ holds }) => holds(stderr, machine))
  if (refusal) return { ok: false, reason: refusal.reason, fix: refusal.fix(machine) }
  return { ok: false, reason: `bubblewrap can't make a sandbox here: ${stderr.trim().split('\n')[0]}` }
}
