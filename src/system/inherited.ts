import { closeSync, readdirSync, readFileSync } from 'node:fs'

/** O_CLOEXEC as Linux shows it in proc_pid_fdinfo(5). Node sets it on every descriptor of its own. */
const O_CLOEXEC = 0o2000000

/**
 * Closes what we were given besides the three streams: a child would inherit it, and so would the agent. Every
 * descriptor that Node opened itself is closed on exec anyway, and stays. On macOS there is nothing to tell them apart by.
 */
export function closeInheritedDescriptors(): void {
  for (const fd of openDescriptors()) {
    if (fd > 2 && !closesOnExec(fd)) closeSync(fd)
  }
}

function openDescriptors(): number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number)
  } catch {
    return []
  }
}

function closesOnExec(fd: number): boolean {
  try {
    const flags = /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1] ?? ''
    return flags === '' || (Number.parseInt(flags, 8) & O_CLOEXEC) !== 0
  } catch {
    return true
  }
}
