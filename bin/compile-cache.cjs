const fs = require('node:fs')
const { dirname } = require('node:path')
const { enableCompileCache } = require('node:module')

const MONTH_MS = 30 * 86_400_000

/**
 * Keeps what is compiled of a script by now, for `read` in `run.cjs`: twice, then when it was first kept, and now.
 *
 * @param {string[]} folders each within the one before
 * @param {string} path in a folder within the last of them
 */
exports.keepCompiled = (folders, path, script, first) => {
  if (!makeFolders(folders)) return
  const build = dirname(path)
  if (!fs.existsSync(build)) removeOld(folders.at(-1))
  if (!makeFolders([build])) return
  const aside = `${path}.${process.pid}`
  const file = fs.openSync(aside, 'wx', 0o600)
  try {
    const compiled = script.createCachedData()
    const times = new Uint8Array(Float64Array.of(first || Date.now(), Date.now()).buffer)
    fs.writeFileSync(file, Buffer.concat([compiled, compiled, times]))
    fs.renameSync(aside, path)
  } catch {
    fs.rmSync(aside, { force: true })
  } finally {
    fs.closeSync(file)
  }
}

/** Lets Node keep what it compiles of what isn't in the bundle: plugins of the user's, the dashboard. */
exports.cacheImports = (folders) => {
  if (makeFolders(folders)) enableCompileCache(folders.at(-1))
}

/** Makes folders, each within one that is there. One after the other: given a path below `/proc`, Node's own means try for ever. */
function makeFolders(folders) {
  try {
    for (const path of folders) makeFolder(path)
    return folders.length > 0
  } catch {
    return false
  }
}

function makeFolder(path) {
  try {
    fs.mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (error.code !== 'EEXIST' || fs.statSync(path).uid !== process.getuid()) throw error
  }
}

/** What no install has added to for a month, such as that of a version before. */
function removeOld(folder) {
  for (const name of fs.readdirSync(folder).filter((name) => name.startsWith('agentvm-'))) {
    const path = `${folder}/${name}`
    if (fs.statSync(path).mtimeMs < Date.now() - MONTH_MS) fs.rmSync(path, { recursive: true, force: true })
  }
}
