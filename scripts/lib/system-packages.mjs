import { readdirSync, readFileSync } from 'node:fs'
import { hasProgram, run, runQuietly } from './run.mjs'
import { say } from './say.mjs'

/** What agentvm runs, and the package that brings it. */
const PROGRAMS =
  process.platform === 'darwin'
    ? { tmux: 'tmux', git: 'git' }
    : {
        tmux: 'tmux',
        bwrap: 'bubblewrap',
        git: 'git',
        socat: 'socat',
      }

/** What only tests run: the shells whose completion they press Tab in, what judges signatures, and what the podman backend runs. */
const TEST_PROGRAMS = {
  ...{ zsh: 'zsh', fish: 'fish', 'ssh-keygen': 'openssh-client' },
  ...(process.platform === 'linux' ? { podman: 'podman' } : {}),
  // crun, which comes with podman, takes no machine with both versions of control groups.
  ...(hasBothCgroups() ? { runc: 'runc' } : {}),
}

const NON_INTERACTIVE = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }

/** Package managers in the order of preference. */
const MANAGERS = [
  {
    program: 'apt-get',
    install: ['apt-get', 'install', '-y', '--no-install-recommends'],
    update: ['apt-get', 'update'],
  },
  { program: 'dnf', install: ['dnf', 'install', '-y'] },
  { program: 'pacman', install: ['pacman', '-S', '--noconfirm', '--needed'] },
  { program: 'zypper', install: ['zypper', '--non-interactive', 'install'] },
  { program: 'apk', install: ['apk', 'add'] },
  { program: 'brew', install: ['brew', 'install'] },
]

/**
 * Installs the system's packages that are missing, as far as this user may. Where that isn't possible it says what is
 * missing and the exact command, and goes on: what doesn't need them works.
 *
 * @param {{ forTests?: boolean }} [options] `forTests`: also what only tests need
 * @returns {Promise<string[]>} the packages that are still missing
 */
export async function installSystemPackages({ forTests = false } = {}) {
  const programs = forTests ? { ...PROGRAMS, ...TEST_PROGRAMS } : PROGRAMS
  const missing = missingPackages(programs)
  if (missing.length === 0) return []
  const manager = MANAGERS.find(({ program }) => hasProgram(program))
  if (!manager) {
    say(`These are missing, and no package manager that we know is here: ${missing.join(', ')}`)
    return missing
  }
  const asRoot = await rightToInstall(manager.program)
  const command = (argv) => [...(asRoot ?? []), ...argv]
  if (asRoot) {
    say(`Installing ${missing.join(', ')} with ${manager.program} …`)
    const install = () => runQuietly(command([...manager.install, ...missing]), { env: NON_INTERACTIVE })
    const update = () => runQuietly(command(manager.update), { env: NON_INTERACTIVE })
    const fresh = manager.update !== undefined && !hasAptLists()
    if (fresh) await update()
    if ((await install()) !== 0 && manager.update && !fresh) {
      await update() // The lists may be out of date.
      await install()
    }
  }
  const still = missingPackages(programs)
  if (still.length > 0) {
    const reason = asRoot ? `${manager.program} could not install them` : 'this user may not install packages'
    say(`Still missing: ${still.join(', ')} (${reason}). To install them:\n  ${fixFor(manager, still)}`)
  }
  return still
}

/** The command that a person types to install packages. */
function fixFor({ program, install, update }, packages) {
  const steps = [...(update ? [update] : []), [...install, ...packages]].map((argv) => argv.join(' '))
  if (program === 'brew' || process.getuid?.() === 0) return steps.join(' && ')
  if (!hasProgram('sudo')) return `su -c '${steps.join(' && ')}'`
  return steps.map((step) => `sudo ${step}`).join(' && ')
}

function missingPackages(programs) {
  return Object.entries(programs)
    .filter(([program]) => !hasProgram(program))
    .map(([, name]) => name)
}

/** The words before a command that let it install: none for root, sudo if it works; undefined if this user may not. */
async function rightToInstall(manager) {
  if (manager === 'brew' || process.getuid?.() === 0) return []
  if (!hasProgram('sudo')) return undefined
  const code = await run(['sudo', '-n', 'true'], { stdio: 'ignore' })
  if (code === 0) return ['sudo', '-n']
  return process.stdin.isTTY ? ['sudo'] : undefined
}

function hasBothCgroups() {
  try {
    return readFileSync('/sys/fs/cgroup/unified/cgroup.controllers', 'utf8').trim() !== ''
  } catch {
    return false
  }
}

function hasAptLists() {
  try {
    return readdirSync('/var/lib/apt/lists').some(
      (name) => name.endsWith('Packages') || name.includes('Packages.'),
    )
  } catch {
    return false
  }
}
