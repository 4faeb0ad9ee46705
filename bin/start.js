import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { loadOptions, root } from './load-options.js'

/** Runs the built command line. */
export async function start() {
  if (!existsSync(join(root, 'oclif.manifest.json'))) {
    process.stderr.write(`agentvm: not built yet\n  → cd '${root}' && npm run build\n`)
    process.exit(1)
  }
  // A folder of the user's own: whoever can write to the cache can change what runs.
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  enableCompileCache(process.env.NODE_COMPILE_CACHE ?? join(caches, 'agentvm', 'compiled'))
  ignoreClosedPipes()
  const { execute } = await import('@oclif/core/execute')
  await execute({ loadOptions: loadOptions() })
}

/** A reader that has seen enough, as in `agentvm list | head -1`, is no error. */
export function ignoreClosedPipes() {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}
