import { chmodSync, chownSync, copyFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type InstalledCli, type Printed, print } from './cli-installed.ts'
import type { Actor } from './wrapped.ts'

/** Lets somebody run an installed CLI in a home of their own, whoever may read this checkout: with a copy of this Node.js. */
export function runAs(cli: InstalledCli, { uid, gid }: Actor): (...args: string[]) => Printed {
  const home = join(cli.folder, `home-of-${uid}`)
  mkdirSync(home)
  chmodSync(cli.folder, 0o755)
  chownSync(home, uid, gid)
  const node = join(home, 'bin/node')
  mkdirSync(dirname(node))
  copyFileSync(process.execPath, node)
  const become =
    process.getuid?.() === 0 ? ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--'] : []
  const env = cli.env({ HOME: home })
  return (...args) => {
    const [program = '', ...rest] = [...become, join(cli.prefix, 'bin/agentvm'), ...args]
    return print(program, rest, { ...env, PATH: `${dirname(node)}:${env.PATH}` }, '/')
  }
}
