import { chmodSync, lstatSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from './files.ts'

/** Removes a folder with everything in it, also folders that an agent made unwritable. Never follows a symlink. */
export function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch (error) {
    if (errorCode(error) !== 'EACCES' && errorCode(error) !== 'EPERM') throw error
    makeFoldersWritable(path)
    rmSync(path, { recursive: true, force: true })
  }
}

/** Removes what is in a folder, and leaves the folder. */
export function emptyFolder(path: string): void {
  for (const entry of readdirSync(path)) removeTree(join(path, entry))
}

function makeFoldersWritable(path: string): void {
  if (!lstatSync(path).isDirectory()) return
  chmodSync(path, 0o700)
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) makeFoldersWritable(join(path, entry.name))
  }
}
