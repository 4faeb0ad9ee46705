/** What kind of promise a probe attacks. */
export type ProbeClass =
  | 'file-read'
  | 'file-write'
  | 'persistence'
  | 'process'
  | 'ipc'
  | 'network'
  | 'env'
  | 'resource'
  | 'tty'
  | 'fail-closed'

/**
 * One attack. It runs twice: without the sandbox, where it has to succeed, and within, where it must not. Harmless in
 * both: it reads and changes decoys that the kit has made, and asks the kernel for things with arguments that it refuses.
 */
export interface Probe {
  /** Unique, such as `file-read/ssh-key`. */
  id: string
  /** The promise that it attacks. */
  class: ProbeClass
  /** POSIX sh, at most a few tenths of a second. Ends with 0 if the attack succeeded. See {@link Decoys} for its variables. */
  attack: string
}

/** What the kit has made on the host for the attacks, and the shell variables by which they find it. */
export interface Decoys {
  /** `$V`: a folder with secrets, writable for the user and named in no policy. */
  folder: string
  /** `$P`: a process with `DECOY_SECRET` in its environment. */
  pid: number
  /** `$PORT`: a TCP port on 127.0.0.1 that accepts connections. */
  port: number
  /** `$ABSTRACT`: the name of an abstract unix socket that accepts connections, without the leading NUL. */
  abstract: string
}

/** How a probe came out. `unproven`: it failed within, but also without (it may need root, or a program that isn't there). */
export type ProbeOutcome = 'held' | 'hole' | 'unproven'

/** A probe and how it came out. */
export interface ProbeReport {
  /** The probe's {@link Probe.id}. */
  id: string
  /** The promise that it attacks. */
  class: ProbeClass
  /** Whether the sandbox held. */
  outcome: ProbeOutcome
}

/** Probes of one class from attacks by name. */
export function probesOf(kind: ProbeClass, attacks: Record<string, string>): Probe[] {
  return Object.entries(attacks).map(([name, attack]) => ({ id: `${kind}/${name}`, class: kind, attack }))
}
