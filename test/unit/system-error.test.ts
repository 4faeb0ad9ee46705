import assert from 'node:assert/strict'
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { ExternalCommandError } from '../../src/errors.ts'
import { systemError } from '../../src/system/system-error.ts'

describe('a system call that failed, in words', () => {
  it('names the file and what mends it', () => {
    const said = systemError(thrownBy(() => mkdirSync('/dev/null/below')))
    assert.equal(said?.message, '/dev/null/below: a folder on the way to it is none')
    assert.equal(said?.fix, 'move away the file that lies there')
  })

  it('says what a write by a descriptor failed with', function () {
    if (process.platform !== 'linux') this.skip()
    const full = openSync('/dev/full', 'w')
    const error = thrownBy(() => writeSync(full, 'too much'))
    closeSync(full)
    const said = systemError(error)
    assert.equal(said?.message, 'a file could not be written: a disk is full')
    assert.match(said?.fix ?? '', /'df -h' shows which/)
    assert.equal(said?.cause, error)
  })

  it('says what kept a program from being started, also as the cause of its failure', () => {
    const because = (code: string) =>
      Object.assign(new Error(`spawn tmux ${code}`), { code, path: 'tmux', syscall: 'spawn tmux' })
    const failed = new ExternalCommandError(['tmux', 'list-panes'], '', { cause: because('EAGAIN') })
    const said = systemError(failed)
    assert.equal(said?.message, 'tmux: no more processes may be started')
    assert.match(said?.fix ?? '', /ulimit -u/)
    assert.equal(said?.cause, failed)
    assert.equal(systemError(because('EMFILE'))?.message, 'tmux: too many open files')
    assert.equal(systemError(new ExternalCommandError(['tmux'], '', { cause: because('ENOENT') })), undefined)
    assert.equal(systemError(new ExternalCommandError(['tmux'], 'no server')), undefined)
  })

  it('leaves errors alone that no disk gave', () => {
    assert.equal(systemError(new Error('other')), undefined)
    assert.equal(
      systemError(Object.assign(new Error('read EIO'), { code: 'EIO', syscall: 'read' })),
      undefined,
    )
    assert.equal(
      systemError(Object.assign(new Error('no pipe'), { code: 'EPIPE', syscall: 'write' })),
      undefined,
    )
  })
})

function thrownBy(action: () => void): Error {
  try {
    action()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}
