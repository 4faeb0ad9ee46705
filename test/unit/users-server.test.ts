import assert from 'node:assert/strict'
import { defaultSocket, socketOf, surroundingSocket } from '../../src/tmux/default-server.ts'
import { endServer } from '../../src/tmux/session.ts'

describe("the user's own tmux servers", () => {
  const before = { TMUX: process.env.TMUX, TMUX_TMPDIR: process.env.TMUX_TMPDIR }
  beforeEach(() => {
    process.env.TMUX_TMPDIR = '/nonexistent'
    process.env.TMUX = '/nonexistent/own,12,0'
  })
  afterEach(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })

  it('lie where tmux puts them', () => {
    assert.equal(defaultSocket({}), `/tmp/tmux-${process.getuid?.()}/default`)
    assert.equal(defaultSocket(), `/nonexistent/tmux-${process.getuid?.()}/default`)
    assert.equal(surroundingSocket(), '/nonexistent/own')
    assert.equal(surroundingSocket({}), undefined)
  })

  it('are where an agent without a socket is looked for', () => {
    assert.equal(socketOf({ socket: '', session: 'agentvm-x' }), defaultSocket())
    assert.equal(socketOf({ socket: '/run/x', session: 'agentvm-x' }), '/run/x')
  })

  for (const socket of ['', `/nonexistent/tmux-${process.getuid?.()}/default`, '/nonexistent/own']) {
    it(`are never ended: ${socket || 'no socket'}`, async () => {
      await assert.rejects(endServer(socket), /the user's own: it must not be ended/)
    })
  }
})
