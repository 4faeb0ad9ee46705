import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { GitSetting } from '@agentvm/sdk'
import { errorCode, writeFileAtomic } from '../../system/files.ts'
import { createFile, readRegularFile } from '../home/agent-home-files.ts'

/** Git's settings of an agent, relative to its home. Its own: made once, and left to it. */
const CONFIG = '.gitconfig'
/** The settings of its identity, which `.gitconfig` includes, relative to its home. Ours: written anew at each start. */
export const INCLUDED_IN_GIT = '.gitconfig-identity'
const INCLUDE = `[include]\n\tpath = ~/${INCLUDED_IN_GIT}\n`
const LARGEST_BYTES = 1024 * 1024

/**
 * Makes git inside use an identity: by a file that the agent's `.gitconfig` includes at its end. Without ssh-keygen git
 * can't sign, and a commit would fail: then it doesn't sign. Returns whether it does.
 */
export function useInGit(home: string, settings: readonly GitSetting[], searchPath: string): boolean {
  const signs = hasSshKeygen(searchPath)
  const used = settings.filter(({ key }) => signs || !/\.gpgsign$/i.test(key))
  writeFileAtomic(join(home, INCLUDED_IN_GIT), used.map(configLines).join(''), { tidy: true })
  includeIt(join(home, CONFIG))
  return signs
}

/** Makes git inside forget an identity: the file that is included is empty. */
export function forgetInGit(home: string): void {
  writeFileAtomic(join(home, INCLUDED_IN_GIT), '', { tidy: true })
}

function includeIt(path: string): void {
  if (createFile(path, { content: Buffer.from(INCLUDE), mode: 0o600 })) return
  const file = readRegularFile(path, LARGEST_BYTES)
  if (file === undefined || typeof file === 'string' || file.content.includes(INCLUDED_IN_GIT)) return
  const newline = file.content.at(-1) === 10 || file.content.length === 0 ? '' : '\n'
  writeFileAtomic(path, Buffer.concat([file.content, Buffer.from(newline + INCLUDE)]), {
    mode: file.mode,
    tidy: true,
  })
}

/** `a.b.c` as git writes it: the section, its name if it has one, the key. */
function configLines({ key, value }: GitSetting): string {
  const [section = '', ...rest] = key.split('.')
  const name = rest.pop() ?? ''
  const heading = rest.length > 0 ? `${section} "${rest.join('.')}"` : section
  return `[${heading}]\n\t${name} = "${value.replaceAll(/[\\"]/g, '\\$&')}"\n`
}

function hasSshKeygen(searchPath: string): boolean {
  return [...searchPath.split(delimiter), '/usr/bin'].some((folder) => {
    try {
      accessSync(join(folder, 'ssh-keygen'), constants.X_OK)
      return folder.startsWith('/')
    } catch (error) {
      if (errorCode(error) === undefined) throw error
      return false
    }
  })
}
