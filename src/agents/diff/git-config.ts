/** Keys of a git configuration that say who, where and how it looks. All others count as able to make git execute something. */
const HARMLESS = [
  /^core\.(repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks|autocrlf|safecrlf|eol|quotepath|abbrev|compression|preloadindex|untrackedcache|commentchar|longpaths|protecthfs|protectntfs|sparsecheckout|sparsecheckoutcone|splitindex|whitespace)$/,
  /^extensions\.(objectformat|partialclone|worktreeconfig|refstorage|noop)$/,
  /^user\.(name|email|signingkey|useconfigonly)$/,
  /^(author|committer)\.(name|email)$/,
  /^init\.defaultbranch$/,
  /^branch\..*\.(remote|merge|rebase|description|pushremote|vscode-merge-base|gh-merge-base)$/,
  /^remote\..*\.(url|pushurl|fetch|push|tagopt|prune|prunetags|promisor|partialclonefilter|mirror|gh-resolved|skipdefaultupdate)$/,
  /^submodule\..*\.(url|active|branch|path|ignore|shallow|fetchrecursesubmodules)$/,
  /^submodule\.(active|recurse)$/,
  /^(pull|fetch|push|merge|rebase|color|column|advice|status|gc|index|pack|feature|log|tag|apply|help|stash|blame|rerere|i18n)\.[a-z]+$/,
  /^diff\.(algorithm|renames|colormoved|colormovedws|context|mnemonicprefix|noprefix|ignoresubmodules|submodule|suppressblankempty)$/,
  /^(commit|tag)\.gpgsign$/,
  /^lfs\.repositoryformatversion$/,
]

/** Keys of those groups that run a program. */
const HARMFUL = /^(column\.ui|log\.showsignature|merge\.tool|pack\.packobjectshook|help\.(browser|format))$/

/** Keys that name another repository. */
const ADDRESS = /^(remote|submodule)\..*\.(url|pushurl)$/

/** Longest line that is looked at, in characters: longer ones count as harmful. */
const LONGEST_LINE = 4096

/**
 * The keys of a git configuration by which it can make git execute something or read another configuration, each once.
 * What can't be made out counts as such.
 */
export function executingKeys(config: string): string[] {
  const found = new Set<string>()
  let section = ''
  let continues = false
  for (const whole of config.split('\n')) {
    if (whole.length > LONGEST_LINE) {
      found.add('a very long line')
      continue
    }
    const header = /^\s*\[\s*([^\]\s"]{1,200})(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(whole)
    const line: string = (header && !continues ? whole.slice(header[0].length) : whole).trim()
    if (header && !continues) section = [header[1]?.toLowerCase(), header[2]].filter((part) => part).join('.')
    if (!continues && (line === '' || line.startsWith('#') || line.startsWith(';'))) continue
    const [name = '', ...value] = line.split('=')
    const key = `${section}.${continues ? line : name.trim().toLowerCase()}`
    continues = line.endsWith('\\')
    if (continues || !isHarmless(key, value.join('=').trim())) found.add(key)
  }
  return [...found]
}

function isHarmless(key: string, value: string): boolean {
  if (HARMFUL.test(key) || !HARMLESS.some((pattern) => pattern.test(key))) return false
  return !ADDRESS.test(key) || !/^"?(-|[^/]*::)/.test(value)
}
