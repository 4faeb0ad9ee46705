import type { AllowedHost } from '@agentvm/sdk'

/** The version of the messages between agentvm and its proxy. A proxy of another version is replaced. */
export const CONTROL_VERSION = 2

/** An agent that the proxy is to serve. */
export interface Registration {
  id: string
  name: string
  /** `pid:start` of the process with which the agent lives. */
  owner: string
  /** Hosts that it may reach; undefined for an agent that has no allow-list. */
  allow?: AllowedHost[]
  /** File of the private key that its commits are signed with, where that stays on the host. */
  signingKey?: string
}

/** What agentvm asks of its proxy: one line of JSON. */
export type ControlRequest =
  /**
   * `serve`: serve these agents by these rules from now on. `adopt`: the same for those that aren't served yet; for the
   * others nothing changes, since whoever asks may have read rules that were changed meanwhile.
   */
  | { version: number; op: 'serve' | 'adopt'; agents: Registration[] }
  /** End. */
  | { version: number; op: 'stop' }

/** What the proxy answers: one line of JSON. */
export type ControlAnswer =
  | {
      ok: true
      /** Connections that the new rules ended. */
      closed: number
      /** Ids of all agents that are served now. */
      serving: string[]
    }
  | { ok: false; problem: string }

/** The problem of a request whose version the proxy doesn't speak, or that comes from a home that was moved since it started. */
export const OTHER_VERSION = 'another version'

/** Name of the control socket in the folder of the proxy's sockets. */
export const CONTROL_SOCKET = 'control'
/** Name of the file in the proxy's folder with its `pid:start`. */
export const PID_FILE = 'pid'
