import { environmentValue, type ProcessInfo } from '../../system/processes.ts'

/** What is known of an agent whose processes are looked for. */
export interface ProcessOwner {
  id: string
  /** Its launcher. */
  pid: number
  /** Start of that process; empty for an agent of the bash tool, which kept none. */
  pidStart: string
  /** Whether one of its processes may have left the launcher's tree: its backend doesn't contain them. */
  mayDetach: boolean
}

/** Tells which processes belong to which agent, from one listing of all processes. Remembers across looks whose process is whose. */
export class AgentProcesses {
  /** By `pid:start`: the agent that a process outside of all trees names in its environment. */
  private owners = new Map<string, string | undefined>()

  /** The processes of each agent: its launcher's tree, and what detached itself from that but still carries the agent's id. */
  group(agents: readonly ProcessOwner[], all: readonly ProcessInfo[]): Map<ProcessOwner, ProcessInfo[]> {
    const children = Object.groupBy(all, ({ ppid }) => ppid)
    const byPid = new Map(all.map((process) => [process.pid, process]))
    const groups = new Map(
      agents.map((agent) => {
        const launcher = byPid.get(agent.pid)
        const lives = launcher && (agent.pidStart === '' || launcher.start === agent.pidStart)
        const tree = lives ? [launcher] : []
        for (const process of tree) tree.push(...(children[process.pid] ?? []))
        return [agent, tree]
      }),
    )
    if (agents.some(({ mayDetach }) => mayDetach)) this.addDetached(groups, all)
    return groups
  }

  private addDetached(groups: Map<ProcessOwner, ProcessInfo[]>, all: readonly ProcessInfo[]): void {
    const inTree = new Set([...groups.values()].flatMap((tree) => tree.map(({ pid }) => pid)))
    const byId = new Map([...groups].map(([{ id }, tree]) => [id, tree]))
    const owners = new Map<string, string | undefined>()
    for (const process of all) {
      if (inTree.has(process.pid)) continue
      const key = `${process.pid}:${process.start}`
      const owner = this.owners.has(key)
        ? this.owners.get(key)
        : environmentValue(process.pid, 'AGENTVM_AGENT_ID')
      owners.set(key, owner)
      if (owner !== undefined) byId.get(owner)?.push(process)
    }
    this.owners = owners
  }
}
