import assert from 'node:assert/strict'
import { ACTORS, Box } from '../support/wrapped.ts'

for (const actor of ACTORS) {
  describe(`protected paths in a sandbox of ${actor.name}`, () => {
    let box: Box
    const protect = ['/workspace/a/.git/hooks', '/workspace/.envrc', '/home/agent/.config']
    beforeEach(() => {
      box = new Box(actor)
      box.makeFolder('workspace', 'a', '.git', 'hooks')
      box.makeFolder('home', '.config')
      box.write('workspace/a/.git/hooks/pre-commit', 'good')
      box.write('workspace/a/.git/HEAD', 'main')
      box.write('workspace/.envrc', 'good')
      box.write('home/.config/x', 'good')
    })
    afterEach(() => box.remove())

    it('can be read, but not written, removed or replaced', async () => {
      for (const path of ['a/.git/hooks/pre-commit', '.envrc', '~/.config/x']) {
        const said = await box.says(
          `cat ${path}; (echo bad >${path}); rm -f ${path}; echo bad >bad; mv -f bad ${path}; cat ${path}`,
          { protect },
        )
        assert.match(said, /^good.*(Read-only|busy)/s, path)
        assert.match(said, /good$/, path)
      }
    })

    it('can’t be moved away with a folder above them', async () => {
      for (const folder of ['a/.git/hooks', 'a/.git', 'a']) {
        const script = `mv ${folder} moved; cp -r moved ${folder}; echo bad >a/.git/hooks/pre-commit`
        await box.sh(script, { protect })
        assert.equal(box.read('workspace/a/.git/hooks/pre-commit'), 'good', folder)
      }
    })

    it('leave what is beside them writable', async () => {
      await box.sh('echo new >a/.git/HEAD; mkdir a/b; mv a/.git/HEAD a/.git/HEAD2; echo x >~/y', { protect })
      assert.equal(box.read('workspace/a/.git/HEAD2'), 'new\n')
      assert.equal(box.read('home/y'), 'x\n')
    })
  })
}
