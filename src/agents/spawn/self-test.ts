import { rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SandboxBackend, SandboxPolicy, WrappedCommand } from '@agentvm/sdk'
import { UserError } from '../../errors.ts'
import { makePrivateDir } from '../../system/files.ts'
import { makeScratch } from '../../system/scratch.ts'
import type { Context } from '../context.ts'
import { sandboxedOutput } from '../run/sandboxed-output.ts'
import { KnownGood } from './known-good.ts'

/**
 * Tries from inside what must fail: prints one word for each thing that was possible. `$1` is a secret file of the host,
 * `$2` a process of the host. Variables of a name that no agent is given are of the host as well.
 */
const SCRIPT = `cat "$1" >/dev/null 2>&1 && echo reads-host-files
(echo x >"$1.new") 2>/dev/null && echo writes-outside
(echo x >/usr/agentvm-probe) 2>/dev/null && rm -f /usr/agentvm-probe && echo writes-system
[ -e "/proc/$2" ] && echo sees-host-processes
for p in self 1; do
  [ -r /proc/$p/status ] || continue
  grep -q '^CapEff:.*[1-9a-f]' /proc/$p/status && echo has-capabilities
  grep -q '^NoNewPrivs:.*0' /proc/$p/status && echo can-gain-privileges
  grep -q '^Seccomp:.*0' /proc/$p/status && echo makes-any-system-call
done
(echo x >/proc/sys/kernel/hostname) 2>/dev/null && echo changes-the-kernel
env | grep -q AGENTVM_DOCTOR_SECRET && echo sees-host-environment
for s in /run/docker.sock /var/run/docker.sock /run/dbus/system_bus_socket /tmp/.X11-unix; do
  [ -e $s ] && echo sees-host-sockets
done
[ -r /proc/net/dev ] && [ "$(grep -c : /proc/net/dev)" -gt 1 ] && echo has-a-network
echo done`

/** Starts a sandbox on the self-test. Returns a word for each thing that was possible and must not be. */
export async function selfTest(context: Context, backend: SandboxBackend): Promise<string[]> {
  makePrivateDir(context.home.root)
  const folder = makeScratch(context.home.root, '.self-test')
  try {
    const secret = join(folder, 'secret')
    writeFileSync(secret, 'x', { mode: 0o600 })
    const { stdout, stderr } = await sandboxedOutput(context, backend, undefined, [
      ...['/bin/sh', '-c', SCRIPT, 'sh', secret, String(process.pid)],
    ])
    const words = stdout.trim().split('\n')
    if (words.at(-1) !== 'done') return [`the self-test didn't run: ${stderr.trim().split('\n')[0]}`]
    return [...new Set(words.slice(0, -1))]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Before an agent starts: makes sure that its sandbox holds on this machine. Each kind of policy is tested once a boot
 * with each version of what enforces it. Throws a {@link UserError} that names what was possible.
 */
export async function requireHolding(
  context: Context,
  backend: SandboxBackend,
  policy: SandboxPolicy,
  wrapped: WrappedCommand,
): Promise<void> {
  if (!backend.capabilities.isolates) return
  const known = heldOnes(context)
  const facts = factsOf(backend, policy, wrapped)
  if (known.has(facts)) return
  const holes = await selfTest(context, backend)
  if (holes.length > 0) {
    throw new UserError(`the sandbox ${backend.label} doesn't hold here: ${holes.join(', ')}`, {
      fix: "'agentvm doctor' tests it again; --sandbox names another one",
      exitCode: 125,
    })
  }
  known.add(facts)
}

const heldOnes = (context: Pick<Context, 'home'>) => new KnownGood(context, 'self-tests.json')

/** Whether an agent of this home was ever about to start in a sandbox that held. */
export function hasHeld(context: Pick<Context, 'home'>): boolean {
  return heldOnes(context).any()
}

/** What the outcome depends on besides: the program that enforces, and the parts of the policy that aren't one agent's own. */
function factsOf(backend: SandboxBackend, policy: SandboxPolicy, wrapped: WrappedCommand): unknown[] {
  const { network, limits, tty, system, user } = policy
  const enforcer = statSync(wrapped.argv[0], { throwIfNoEntry: false })
  return [
    ...[backend.id, wrapped.argv[0], enforcer?.size, enforcer?.mtimeMs],
    ...[network.mode, Object.keys(limits).sort(), tty, system, user],
  ]
}
