import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { installed, say } from './root.mjs'

/** What agentvm runs, by program, and the package that brings it (the same name with every package manager). */
const NEEDS =
  process.platform === 'darwin'
    ? { tmux: 'tmux', git: 'git' }
    : { tmux: 'tmux', bwrap: 'bubblewrap', git: 'git', socat: 'socat' }

/** Package managers, and how each installs without asking. The first one found is used. */
const MANAGERS = [
  {
    program: 'apt-get',
    install: ['apt-get', 'install', '-y', '--no-install-recommends'],
    update: ['apt-get', 'update'],
    hasLists: () => anyFile('/var/lib/apt/lists', /Packages/),
  },
  { program: 'dnf', install: ['dnf', 'install', '-y'] },
  { program: 'pacman', install: ['pacman', '-S', '--needed', '--noconfirm'], update: ['pacman', '-Sy'] },
  { program: 'zypper', install: ['zypper', '--non-interactive', 'install'] },
  { program: 'apk', install: ['apk', 'add'], update: ['apk', 'update'] },
  { program: 'brew', install: ['brew', 'install'] },
]

/** The system packages that agentvm needs and this machine lacks. */
export function missingPackages() {
  return Object.entries(NEEDS).flatMap(([program, name]) => (installed(program) ? [] : [name]))
}

/**
 * Installs the system packages that are missing, if it may.
 * @returns what is still missing and the command that installs it, as a text; undefined if nothing is missing
 */
export function installSystemPackages() {
  const packages = missingPackages()
  if (packages.length === 0) return undefined
  const manager = MANAGERS.find(({ program }) => installed(program))
  if (!manager) return advice(packages, undefined, 'no package manager that this script knows is installed')
  const rights = howToBecomeRoot(manager)
  if (!rights) return advice(packages, manager, 'this user may not install packages')
  say(`Installing ${packages.join(', ')} with ${manager.program} …`)
  const updated = manager.hasLists?.() === false && run(rights, manager.update)
  if (!run(rights, [...manager.install, ...packages]) && manager.update && !updated) {
    run(rights, manager.update) // Lists may be out of date.
    run(rights, [...manager.install, ...packages])
  }
  const left = missingPackages()
  return left.length > 0 ? advice(left, manager, `${manager.program} failed`) : undefined
}

/** The words before a command that make it run with the rights it needs, or undefined if there is no way. */
function howToBecomeRoot({ program }) {
  if (program === 'brew' || process.getuid() === 0) return []
  if (!installed('sudo')) return undefined
  if (spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0) return ['sudo', '-n']
  return process.stdin.isTTY && process.stderr.isTTY ? ['sudo'] : undefined
}

function run(rights, argv) {
  const settings = rights.length > 0 ? ['env', 'DEBIAN_FRONTEND=noninteractive'] : []
  const [program, ...args] = [...rights, ...settings, ...argv]
  say(`  $ ${[...rights, ...argv].join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status } = spawnSync(program, args, { stdio: ['inherit', 2, 2], env })
  return status === 0
}

function advice(packages, manager, reason) {
  const command = manager ? asRoot(manager, packages) : `install them: ${packages.join(' ')}`
  return `not installed: ${packages.join(', ')} (${reason}). To install:\n  ${command}`
}

function asRoot({ program, install, update }, packages) {
  const steps = [...(update ? [update] : []), [...install, ...packages]].map((argv) => argv.join(' '))
  if (program === 'brew' || process.getuid() === 0) return steps.join(' && ')
  if (installed('sudo')) return steps.map((step) => `sudo ${step}`).join(' && ')
  return `su -c '${steps.join(' && ')}'`
}

function anyFile(folder, pattern) {
  return existsSync(folder) && readdirSync(folder).some((name) => pattern.test(name))
}
