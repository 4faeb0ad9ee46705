import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readJson } from '../policy/program/read.ts'

/** How this agentvm was installed, which decides how it is upgraded. */
export type Installation =
  | { method: 'git'; root: string }
  | { method: 'npm'; root: string; prefix: string }
  | { method: 'other'; root: string; how: string }

/** Looks at the folder that agentvm runs from, its links resolved. */
export function findInstallation(root: string): Installation {
  if (existsSync(join(root, '.git'))) return { method: 'git', root }
  const [, prefix] = /^(.+)\/lib\/node_modules\/agentvm$/.exec(root) ?? []
  if (prefix && !existsSync(join(prefix, 'lib', 'package.json'))) return { method: 'npm', root, prefix }
  const [, project] = /^(.+?)\/node_modules\//.exec(root) ?? []
  return {
    method: 'other',
    root,
    how: project
      ? `cd ${project} && npm install agentvm@latest   (or the same with your package manager)`
      : `get it anew, in the way that you put it into ${root}`,
  }
}

/** The version of the agentvm in a folder. */
export function versionIn(root: string): string {
  const version = readJson(join(root, 'package.json'), 'version')
  return typeof version === 'string' ? version : 'unknown'
}

/** Whether folders may be renamed in the one that holds a path. */
export function canReplace(path: string): boolean {
  try {
    accessSync(dirname(path), constants.W_OK)
    return true
  } catch {
    return false
  }
}
