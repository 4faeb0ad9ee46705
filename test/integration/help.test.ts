import assert from 'node:assert/strict'
import { Config, run } from '@oclif/core'
import { captureOutput } from '@oclif/test'
import { ROOT } from '../support/cli-installed.ts'

/** Runs a command in this process, its arguments as they are. */
const capture = (...argv: string[]) => captureOutput(() => run(argv, { root: ROOT }))

describe('help', function () {
  this.timeout(240_000)
  let config: Config
  before(async () => {
    config = await Config.load({ root: ROOT, userPlugins: false })
  })

  /** Every command of ours, each once. */
  const commands = () =>
    config.commands.filter(
      ({ pluginName, hidden, id, aliases }) => pluginName === 'agentvm' && !hidden && !aliases.includes(id),
    )

  it('describes every command, with an example, and each of its arguments and flags', () => {
    const gaps = commands().flatMap(({ id, description, examples, args, flags }) => [
      ...(description ? [] : [`${id}: no description`]),
      ...(examples?.length ? [] : [`${id}: no example`]),
      ...Object.values(args)
        .filter((arg) => !arg.description)
        .map((arg) => `${id}: argument ${arg.name}`),
      ...Object.values(flags)
        .filter((flag) => !flag.hidden && !flag.description)
        .map((flag) => `${id}: flag ${flag.name}`),
    ])
    assert.deepEqual(gaps, [])
    assert.ok(commands().length > 20)
  })

  it('names only commands that there are in examples', () => {
    const known = config.commands.map(({ id }) => id.replaceAll(':', ' '))
    const wrong = commands().flatMap(({ id, examples = [] }) =>
      examples
        .map((example) => (typeof example === 'string' ? example : example.command))
        .filter((line) => {
          const [, words = ''] = /<%= config\.bin %> ([a-z -]+)/.exec(line) ?? []
          return !known.some((name) => `${words} `.startsWith(`${name} `))
        })
        .map((line) => `${id}: ${line}`),
    )
    assert.deepEqual(wrong, [])
  })

  it('prints every error as JSON with --json', async () => {
    for (const command of commands()) {
      if ((command as { enableJsonFlag?: boolean }).enableJsonFlag === false) continue
      const words = command.id.split(':')
      const { stdout } = await capture(...words, '--no-such-flag', '--json')
      let printed: { error?: { message?: string; exit_code?: number } } = {}
      assert.doesNotThrow(() => {
        printed = JSON.parse(stdout)
      }, `${command.id}: ${stdout}`)
      assert.equal(printed.error?.exit_code, 2, command.id)
      assert.match(printed.error?.message ?? '', /no flag --no-such-flag/, command.id)
    }
  })

  it('groups the commands of the first page, and leaves none out', async () => {
    const { stdout } = await capture('--help')
    for (const title of ['LIFECYCLE', 'OBSERVING', 'ENDING', 'CONFIGURING'])
      assert.match(stdout, new RegExp(`^${title} COMMANDS$`, 'm'))
    for (const { id } of commands()) assert.match(stdout, new RegExp(`^ {2}${id.split(':')[0]} `, 'm'), id)
    assert.doesNotMatch(stdout, /^ {2}ls /m)
  })

  it('comes by -h as well, and lists a topic without other names of its commands', async () => {
    assert.match((await capture('spawn', '-h')).stdout, /USAGE\n {2}\$ agentvm spawn NAME/)
    const topic = (await capture('help', 'env')).stdout
    assert.match(topic, /env set/)
    assert.doesNotMatch(topic, /env rm/)
  })

  it('suggests the nearest command where there is none', async () => {
    const { stderr, error } = await capture('help', 'spwan')
    assert.match(stderr, /no command 'spwan'[\s\S]*did you mean 'agentvm spawn'/)
    assert.equal(error?.oclif?.exit, 2)
  })
})
