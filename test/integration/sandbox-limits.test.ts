import assert from 'node:assert/strict'
import { ACTORS, Box } from '../support/wrapped.ts'

const MIB = 1024 * 1024

for (const actor of ACTORS) {
  describe(`temporary space in a sandbox of ${actor.name}`, () => {
    let box: Box
    before(() => {
      box = new Box(actor)
    })
    after(() => box.remove())

    const fill = (folder: string) =>
      `dd if=/dev/zero of=${folder}/big bs=65536 count=64 2>&1 | grep -c "No space"; stat -c %s ${folder}/big`

    it('is bounded, /tmp and /var/tmp together, /dev/shm by its own bound', async () => {
      const limits = { tmpSize: 2 * MIB, shmSize: MIB }
      assert.equal(await box.says(fill('/tmp'), { limits }), `1\n${2 * MIB}`)
      assert.equal(
        await box.says(`${fill('/tmp')}; ${fill('/var/tmp')}`, { limits }),
        `1\n${2 * MIB}\n1\n${2 * MIB}`,
      )
      assert.equal(await box.says(fill('/dev/shm'), { limits }), `1\n${MIB}`)
    })

    it('has no bound where the policy has none, or 0', async () => {
      for (const limits of [{}, { tmpSize: 0, shmSize: 0 }]) {
        assert.equal(await box.says(fill('/tmp'), { limits }), `0\n${4 * MIB}`)
      }
    })

    it('isn’t to be had elsewhere in memory', async () => {
      const said = await box.says(
        'for d in / /dev /dev/pts /run /etc /var /home /proc; do (echo x >$d/x) 2>/dev/null && echo $d; done; :',
      )
      assert.equal(said, '')
    })
  })
}
