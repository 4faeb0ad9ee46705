import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Package managers and how each installs. The first that is there is used. */
const MANAGERS: { program: string; argv: string[] }[] = [
  { program: 'apt-get', argv: ['apt-get', 'install', '-y'] },
  { program: 'dnf', argv: ['dnf', 'install', '-y'] },
  { program: 'pacman', argv: ['pacman', '-S', '--noconfirm'] },
  { program: 'zypper', argv: ['zypper', 'install', '-y'] },
  { program: 'apk', argv: ['apk', 'add'] },
  { program: 'brew', argv: ['brew', 'install'] },
]

/** The command that installs system packages on this machine, or undefined if no package manager is known. */
export function installCommand(
  packages: readonly string[],
  path = process.env.PATH ?? '',
): string[] | undefined {
  const manager = MANAGERS.find(({ program }) => onPath(program, path))
  if (!manager) return undefined
  const needsRoot = manager.program !== 'brew' && process.getuid?.() !== 0
  return [...(needsRoot ? ['sudo'] : []), ...manager.argv, ...packages]
}

/** Runs an install command with the user's terminal, so that sudo can ask. Throws if it fails. */
export async function runInstall(argv: readonly string[]): Promise<void> {
  const [program = '', ...args] = argv
  const child = spawn(program, args, { stdio: ['inherit', 2, 'inherit'] })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${argv.join(' ')} failed`)
}

/** Whether a program lies on the given PATH. */
export function onPath(program: string, path = process.env.PATH ?? ''): boolean {
  return path.split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)))
}
