// The production entry. Nothing is imported before the version check: an old Node.js must be able to read this file.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `agentvm: needs Node.js 22.12 or newer, this is ${process.versions.node}: https://nodejs.org/en/download\n`,
  )
  process.exit(1)
}
const { start } = await import('./start.js')
await start()
