import assert from 'node:assert/strict'
import none from '../../sandbox/none/src/index.ts'
import { Box } from '../support/wrapped.ts'

describe('a command without a sandbox', () => {
  let box: Box
  before(() => {
    box = new Box(undefined, none)
  })
  after(() => box.remove())
  const changes = () => ({ network: { mode: 'host' as const }, cwd: box.workspace })

  it('runs in the workspace, with exactly the environment of the policy', async () => {
    const env = { PATH: '/usr/bin:/bin', TEXT: ' a "b"\nc=d ' }
    const { stdout } = await box.run(['env', '-0'], { ...changes(), env })
    assert.deepEqual(stdout.split('\0').slice(0, -1).sort(), [`PATH=${env.PATH}`, `TEXT=${env.TEXT}`])
    assert.equal(await box.says('/bin/pwd', changes()), box.workspace)
  })

  it('gets its arguments byte for byte and ends with its code', async () => {
    const words = ['a b', '', 'two\nlines', 'A=B', '--', '$x']
    const { stdout } = await box.run(['printf', '%s\\0', ...words], changes())
    assert.deepEqual(stdout.split('\0').slice(0, -1), words)
    assert.equal((await box.sh('exit 7', changes())).code, 7)
  })
})
