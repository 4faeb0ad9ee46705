import { globSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ROOT } from '../paths.mjs'

/**
 * What is mutated, by module: those that keep state, decide what is allowed, deliver messages, or read text from outside.
 * `floor` is the share of mutants, in percent, that the tests must tell: below it `npm run mutation` fails.
 */
const MODULES = [
  { name: 'store', paths: ['src/agents/state/*.ts'], floor: 85 },
  { name: 'settings', paths: ['src/settings/*.ts'], floor: 37 },
  {
    name: 'files-locks',
    paths: ['src/system/{files,lock,read-beneath,remove-tree,scratch,tree-size}.ts'],
    floor: 55,
  },
  {
    name: 'system-parsers',
    paths: ['src/system/{ps-output,proc-stat,processes,shell-words,nearest,version,lines-backwards}.ts'],
    floor: 34,
  },
  { name: 'policy', paths: ['src/policy/*.ts', 'src/policy/protect/*.ts'], floor: 95 },
  { name: 'program', paths: ['src/policy/program/*.ts'], floor: 48 },
  { name: 'network-rules', paths: ['src/network/*.ts', 'src/network/presets/*.ts'], floor: 52 },
  {
    name: 'network-proxy',
    paths: ['src/network/proxy/{authority,decide,gate,http-headers,socks,request-log,refusal-text}.ts'],
    floor: 47,
  },
  { name: 'delivery', paths: ['src/agents/delivery/*.ts', 'src/agents/messages/*.ts'], floor: 15 },
  { name: 'journal', paths: ['src/agents/journal/*.ts'], floor: 65 },
  { name: 'log', paths: ['src/agents/log/*.ts'], floor: 65 },
  { name: 'screens', paths: ['src/activity/*.ts', 'src/tmux/look.ts'], floor: 48 },
  { name: 'profiles-env-json', paths: ['src/extensions/own-profiles/*.ts'], floor: 80 },
  {
    name: 'manifests',
    paths: ['src/extensions/installed/{entries,read-json,read-plugin,read-commands,abilities}.ts'],
    tests: ['test/unit/plugins-install.test.ts'],
    floor: 43,
  },
  {
    name: 'flags',
    paths: [
      'src/command-line/{duration-flag,since-flag,swarm-size,text-words,policy-flags}.ts',
      'src/start/arguments.ts',
    ],
    floor: 26,
  },
  {
    name: 'provenance',
    paths: ['src/provenance/*.ts'],
    tests: ['test/integration/provenance-tamper*.test.ts'],
    floor: 58,
  },
  { name: 'terminal', paths: ['src/terminal/{escape-filter,sanitize,visible,utf8,width}.ts'], floor: 62 },
]

/** The modules of these words: a module's name, or a file or folder of the sources as one of its own. All for none. */
export function chosenModules(words) {
  if (words.length === 0) return MODULES
  return words.map((word) => {
    const known = MODULES.find(({ name }) => name === word)
    if (known) return known
    const path = relative(ROOT, join(ROOT, relative(ROOT, word)))
    return { name: word, paths: path.endsWith('.ts') ? [path] : [`${path}/**/*.ts`], floor: 0 }
  })
}

/** The sources of a module, absolute. */
export function sourcesOf({ paths }) {
  return globSync(paths, { cwd: ROOT })
    .sort()
    .map((path) => join(ROOT, path))
}
