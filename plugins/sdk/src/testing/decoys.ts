import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { dirname, join } from 'node:path'
import type { Decoys } from './probe.ts'
import { SECRET_FILES, START_FILES } from './probes/files.ts'

/** The files of a workspace that the kit's policy protects. */
export const PROTECTED = [
  '.git/hooks',
  '.git/config',
  '.git/commondir',
  '.envrc',
  '.vscode',
  '.claude/settings.json',
  '.mcp.json',
]

/** Makes what the attacks look for below a folder. `end` takes away what isn't a file. */
export async function makeDecoys(folder: string): Promise<Decoys & { end: () => void }> {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  for (const path of [...SECRET_FILES, ...START_FILES]) write(`home/${path}`, 'secret\n')
  for (const name of ['secret', 'empty', 'moved']) write(name, 'secret\n')
  execFileSync('mkfifo', [join(folder, 'fifo')])
  const abstract = `agentvm-decoy-${process.pid}-${Date.now()}`
  const tcp = await listen({ host: '127.0.0.1', port: 0 })
  const servers = await Promise.all([
    tcp,
    listen({ path: join(folder, 'socket') }),
    ...(process.platform === 'linux' ? [listen({ path: `\0${abstract}` })] : []),
  ])
  const child: ChildProcess = spawn('/bin/sh', ['-c', 'sleep 600 & wait', 'agentvm-victim'], {
    cwd: folder,
    stdio: 'ignore',
    env: { PATH: '/usr/bin:/bin', DECOY_SECRET: 'of-the-host' },
    detached: true,
  })
  const pid = child.pid ?? 0
  const terminal = openTerminal()
  ipcObjects(pid, IPC_MAKE)
  return {
    folder,
    abstract,
    pid,
    port: (tcp.address() as AddressInfo).port,
    end: () => {
      for (const server of servers) server.close()
      ipcObjects(pid, IPC_REMOVE)
      if (terminal !== undefined) closeSync(terminal)
      if (pid > 0) process.kill(-pid, 'SIGKILL')
    },
  }
}

/** A terminal of the host's; undefined where there can be none. It is there as long as it is open. */
function openTerminal(): number | undefined {
  try {
    return openSync('/dev/ptmx', 'r+')
  } catch {
    return undefined
  }
}

/** Sockets of services that listen with the rights of root. */
const SERVICES = { DBUS: '/run/dbus/system_bus_socket', DOCKER: '/var/run/docker.sock' }

/** Shell variables that stand for what the attacks look for at a fixed place. Without the sandbox, a decoy stands in for what this machine hasn't got. */
export function standIns({ folder, pid }: Decoys, within: boolean): Record<string, string> {
  const services = Object.entries(SERVICES).map(([name, path]) => [
    name,
    within || existsSync(path) ? path : join(folder, 'socket'),
  ])
  return { FIRST: within ? '1' : String(pid), ...Object.fromEntries(services) }
}

/** System V objects with the key `$P + 1000000`, by perl, as the attacks look for them. Where there is no perl, those attacks stay unproven. */
const IPC_MAKE = 'shmget($k, 1, 0x3b6); semget($k, 1, 0x3b6); msgget($k, 0x3b6)'
const IPC_REMOVE =
  'shmctl(shmget($k, 1, 0), 0, 0); semctl(semget($k, 1, 0), 0, 0, 0); msgctl(msgget($k, 0), 0, 0)'

function ipcObjects(pid: number, code: string): void {
  spawnSync('perl', ['-e', `my $k = ${pid} + 1000000; ${code}`], { stdio: 'ignore' })
}

/** Makes a workspace with what host programs run. */
export function makeWorkspace(folder: string): void {
  for (const path of ['.git/hooks/sub', '.vscode', '.claude'])
    mkdirSync(join(folder, path), { recursive: true })
  for (const path of ['.git/HEAD', '.git/config', '.envrc', '.claude/settings.json', '.mcp.json']) {
    writeFileSync(join(folder, path), '\n')
  }
  writeFileSync(join(folder, '.git/commondir'), '.\n')
}

function listen(where: { host: string; port: number } | { path: string }): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.on('error', reject)
    server.listen(where, () => resolve(server))
  })
}
