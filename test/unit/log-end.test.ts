import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tellWhenLogged } from '../../src/agents/end/log-end.ts'
import { endMarker } from '../../src/agents/log/end-marker.ts'

describe('the log of an agent that is being killed', () => {
  const mark = '0123456789ab'
  let folder: string
  let logFile: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentvm-log-end-'))
    logFile = join(folder, 'a.log')
    writeFileSync(join(folder, 'launch'), `printf '${endMarker(mark)}'\n`)
    writeFileSync(logFile, `before${endMarker('aaaaaaaaaaaa')}`)
    execFileSync('mkfifo', [join(folder, 'logged')])
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** What a launcher would read, which ends when nobody can tell it any more. */
  async function heard(work: (stop: () => void) => void): Promise<string> {
    const stop = tellWhenLogged({ logFile }, folder)
    // Whoever opens it when nobody can tell any more waits for ever.
    const script = 'exec <"$1"; echo open >&2; exec cat'
    const reader = spawn('sh', ['-c', script, 'sh', join(folder, 'logged')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    reader.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part
      stop()
    })
    await once(reader.stderr, 'data')
    const closed = once(reader, 'close')
    work(stop)
    await closed
    stop()
    return text
  }

  it('is told to be whole once its own end mark is there, not that of an earlier start', async () => {
    const end = Buffer.from(endMarker(mark))
    assert.equal(
      await heard(() => {
        writeFileSync(join(folder, 'exit'), 'code=0\n')
        setTimeout(() => writeFileSync(logFile, end, { flag: 'a' }), 30)
      }),
      'logged\n',
    )
  })

  it('may be whole across the place where it was rotated', async () => {
    const end = endMarker(mark)
    writeFileSync(`${logFile}.1`, `x${end.slice(0, 20)}`)
    writeFileSync(logFile, end.slice(20))
    assert.equal(await heard(() => writeFileSync(join(folder, 'exit'), 'code=0\n')), 'logged\n')
  })

  it('is left to the launcher where its end doesn’t come, or the killer has gone', async () => {
    assert.equal(await heard(() => writeFileSync(join(folder, 'exit'), 'code=0\n')), '')
    assert.equal(await heard((stop) => setTimeout(stop, 50)), '')
  })

  it('is no concern where the launcher is of an older agentvm', () => {
    rmSync(join(folder, 'logged'))
    const stop = tellWhenLogged({ logFile }, folder)
    stop()
    stop()
  })
})
