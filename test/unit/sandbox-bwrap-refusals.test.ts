import assert from 'node:assert/strict'
import { explainRefusal, type Machine } from '../../sandbox/bwrap/src/refusals.ts'

const machine = (sysctls: Record<string, string> = {}, changes: Partial<Machine> = {}): Machine => ({
  isRoot: false,
  bwrap: '/usr/bin/bwrap',
  isSetuid: false,
  sysctl: (name) => sysctls[name],
  ...changes,
})

const UID_MAP = 'bwrap: setting up uid map: Permission denied'
const NO_NAMESPACE = 'bwrap: No permissions to create new namespace, likely because …'

const cases: [what: string, stderr: string, machine: Machine, reason: RegExp, fix: RegExp][] = [
  [
    'AppArmor’s restriction, with a profile for bubblewrap alone',
    UID_MAP,
    machine({ 'kernel.apparmor_restrict_unprivileged_userns': '1' }),
    /AppArmor/,
    /profile bwrap \/usr\/bin\/bwrap .*userns,.*apparmor_parser -r/,
  ],
  [
    'Debian’s switch',
    NO_NAMESPACE,
    machine({ 'kernel.unprivileged_userns_clone': '0' }),
    /ordinary users/,
    /^sudo sysctl -w kernel.unprivileged_userns_clone=1$/,
  ],
  [
    'a limit of no namespaces at all',
    'bwrap: Creating new namespace failed: nesting depth or limits exceeded (ENOSPC)',
    machine({ 'user.max_user_namespaces': '0' }, { isRoot: true }),
    /allows no user namespaces/,
    /^sudo sysctl -w user.max_user_namespaces=15000$/,
  ],
  [
    'an old bubblewrap',
    'bwrap: Unknown option --disable-userns',
    machine({ 'kernel.apparmor_restrict_unprivileged_userns': '1' }),
    /too old/,
    /0\.8/,
  ],
  [
    'busybox’s env',
    '/usr/bin/env: unrecognized option: default-signal=INT\nBusyBox v1.36',
    machine(),
    /coreutils/,
    /coreutils/,
  ],
  [
    'an env that is missing',
    'bwrap: execvp /usr/bin/env: No such file or directory',
    machine(),
    /coreutils/,
    /coreutils/,
  ],
  [
    'a setuid bubblewrap',
    'bwrap: The --size option is not permitted in setuid mode',
    machine({}, { isSetuid: true }),
    /setuid/,
    /^sudo chmod u-s \/usr\/bin\/bwrap$/,
  ],
  [
    'a container that masks /proc',
    "bwrap: Can't mount proc on /newroot/proc: Operation not permitted",
    machine(),
    /\/proc/,
    /systempaths=unconfined/,
  ],
  ['a container’s seccomp filter', NO_NAMESPACE, machine(), /containers/, /seccomp=unconfined/],
  [
    'a container without the right to set up loopback',
    'bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted',
    machine(),
    /containers/,
    /unconfined/,
  ],
]

describe('why bubblewrap refuses', () => {
  for (const [what, stderr, on, reason, fix] of cases) {
    it(`is told for ${what}`, () => {
      const result = explainRefusal(stderr, on)
      assert.ok(!result.ok)
      assert.match(result.reason, reason)
      assert.match(result.fix ?? '', fix)
      assert.doesNotMatch(result.reason, /\.$/)
    })
  }

  it('isn’t laid on a switch that doesn’t concern root', () => {
    const result = explainRefusal(
      'bwrap: something else',
      machine({ 'kernel.apparmor_restrict_unprivileged_userns': '1' }, { isRoot: true }),
    )
    assert.deepEqual(result, {
      ok: false,
      reason: "bubblewrap can't make a sandbox here: bwrap: something else",
    })
  })
})
