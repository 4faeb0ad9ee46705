import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor'
import { ROOT } from './lib/paths.mjs'
import { say } from './lib/say.mjs'

// `npm run api`: writes the report of @agentvm/sdk from its compiled types. With --check it only says
// whether the reports hold them, and whether every symbol is documented.
const SDK = join(ROOT, 'plugins/sdk')
// The schemas' types are valibot's, and change with it: what they accept is held against the interfaces in agreement.ts.
const REPORTS = { sdk: 'index', 'sdk-testing': 'testing/index' }

const check = process.argv.includes('--check')
const temporary = mkdtempSync(join(tmpdir(), 'agentvm-api-'))
mkdirSync(join(SDK, 'etc'), { recursive: true })
try {
  for (const [name, entry] of Object.entries(REPORTS)) {
    const problems = []
    const { apiReportChanged, errorCount } = Extractor.invoke(configOf(name, entry), {
      localBuild: !check,
      messageCallback(message) {
        message.handled = true
        if (message.logLevel === 'error') problems.push(`${message.sourceFilePath}: ${message.text}`)
      },
    })
    for (const problem of new Set(problems)) say(problem.replace(`${SDK}/`, ''))
    if (check && apiReportChanged)
      say(
        `plugins/sdk/etc/${name}.api.md: the API is another one now. If that is meant: npm run api, and see docs/extending.md`,
      )
    if (errorCount > 0 || problems.length > 0 || (check && apiReportChanged)) process.exitCode = 1
  }
} finally {
  rmSync(temporary, { recursive: true, force: true })
}

function configOf(name, entry) {
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: SDK,
      mainEntryPointFilePath: `<projectFolder>/dist/${entry}.d.ts`,
      compiler: { tsconfigFilePath: '<projectFolder>/tsconfig.json' },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: '<projectFolder>/etc',
        reportTempFolder: temporary,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        extractorMessageReporting: {
          default: { logLevel: 'none' },
          'ae-undocumented': { logLevel: 'error', addToApiReportFile: false },
        },
        tsdocMessageReporting: { default: { logLevel: 'none' } },
      },
    },
    configObjectFullPath: join(SDK, 'api-extractor.json'),
    packageJsonFullPath: join(SDK, 'package.json'),
  })
}
