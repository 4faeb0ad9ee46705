import { readdirSync, readFileSync } from 'node:fs'

/** Proportional memory, in bytes, of all processes that belong to one agent: tmux server, launcher, log pipe, sandbox, command. */
export function memoryOf(id: string): number {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter(
      (pid) => /AGENTVM_(LAUNCHER|AGENT)_ID=/.test(read(pid, 'environ')) && read(pid, 'environ').includes(id),
    )
    .concat(bwrapsAbove(id))
    .filter((pid, index, all) => all.indexOf(pid) === index)
    .reduce(
      (sum, pid) => sum + Number(/^Pss:\s+(\d+) kB/m.exec(read(pid, 'smaps_rollup'))?.[1] ?? 0) * 1024,
      0,
    )
}

/** The sandbox's own processes have an empty environment: they are found as ancestors of the agent's. */
function bwrapsAbove(id: string): string[] {
  const found: string[] = []
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (!read(entry, 'environ').includes(`AGENTVM_AGENT_ID=${id}`)) continue
    for (let pid = parent(entry); pid && read(pid, 'environ') === ''; pid = parent(pid)) found.push(pid)
  }
  return found
}

function parent(pid: string): string {
  return read(pid, 'stat').split(') ')[1]?.split(' ')[1] ?? ''
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return ''
  }
}
