import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { ROOT } from './lib/paths.mjs'

// Every relative link in a Markdown page must lead to a file that is there, and to a heading of it if it names one.
const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md']
  .concat(readdirSync(join(ROOT, 'docs'), { recursive: true }).map((name) => join('docs', name)))
  .filter((name) => name.endsWith('.md') && existsSync(join(ROOT, name)))

const problems = pages.flatMap((page) => {
  const text = readFileSync(join(ROOT, page), 'utf8').replaceAll(/```[\s\S]*?```/g, '')
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .flatMap((link) => {
      const [path, anchor] = link.split('#')
      const target = path ? resolve(ROOT, dirname(page), path) : join(ROOT, page)
      if (!existsSync(target)) return `${page}: ${link} leads nowhere`
      if (anchor && !headings(target).includes(anchor))
        return `${page}: ${relative(ROOT, target)} has no heading #${anchor}`
      return []
    })
})
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0

/** The anchors of a page's headings, as GitHub makes them. */
function headings(path) {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => /^#+ /.test(line))
    .map((line) =>
      line
        .replace(/^#+ /, '')
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    )
}
