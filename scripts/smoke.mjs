import { say } from './lib/say.mjs'
import { SmokeCli } from './lib/smoke-cli.mjs'
import { STEPS } from './lib/smoke-steps.mjs'
import { setup } from './setup.mjs'

// `npm run smoke`: walks the main commands as a user does, against a home of its own, one line a step.
// `npm run smoke -- --keep` leaves that home for a look.
const args = process.argv.slice(2)
const keep = args.includes('--keep')
const unknown = args.find((arg) => arg !== '--keep')
if (unknown) {
  say(`npm run smoke has no option ${unknown}: there is --keep`)
  process.exit(2)
}
await setup()
const cli = new SmokeCli()
process.on('SIGINT', () => {
  if (!keep) cli.remove()
  process.exit(130)
})
const failed = []
for (const [title, walk] of STEPS) {
  try {
    await walk(cli)
    process.stdout.write(`ok      ${title}\n`)
  } catch (error) {
    failed.push(title)
    process.stdout.write(`FAILED  ${title}\n${error.message.replaceAll(/^/gm, '        ')}\n`)
  }
}
if (keep) say(`kept: AGENTVM_HOME=${cli.home}`)
else cli.remove()
process.stdout.write(`\n${STEPS.length - failed.length} of ${STEPS.length} steps passed\n`)
process.exitCode = failed.length > 0 ? 1 : 0
