import { access } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import t from 'tap'
import { listPages, proseOf, readPage, root } from './pages.ts'

/** Places of the page that a link may name, as GitHub derives them from its headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const seen = new Map<string, number>()
  const headings = page.replaceAll(/^(?<fence>`{3,})\w*\n.*?^\k<fence>$/gmsu, '').matchAll(/^#{1,6} (?<heading>.+)$/gmu)
  return new Set([...headings].map(({ groups = {} }) => {
    const text = (groups['heading'] ?? '').replaceAll(/\[(?<text>[^\]]*)\]\([^)]*\)/gu, '$<text>')
    const slug = text.trim().toLowerCase().replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-')
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    return times === 0 ? slug : `${slug}-${times}`
  }))
}

const linksOf = (page: string): readonly string[] =>
  [...proseOf(page).matchAll(/\]\((?<link>[^)\s]+)\)/gu)].map(({ groups = {} }) => groups['link'] ?? '')

const isThere = (path: string): Promise<boolean> => access(join(root, path)).then(() => true, () => false)

const pages = await listPages()
const texts = new Map(await Promise.all(pages.map(async path => [path, await readPage(path)] as const)))

/** What is wrong with a link, if anything is. */
async function faultOf(from: string, link: string): Promise<string | undefined> {
  if (/^[a-z]+:/u.test(link)) return link.startsWith('https://') ? undefined : 'is not https'
  const [file = '', anchor] = link.split('#')
  const path = file === '' ? from : normalize(join(dirname(from), file)).replace(/\/$/u, '')
  if (path.startsWith('..')) return 'leads out of the repository'
  if (!await isThere(path)) return 'leads to no file'
  if (anchor === undefined) return undefined
  const text = texts.get(path)
  return text !== undefined && anchorsOf(text).has(anchor) ? undefined : 'leads to no heading'
}

void t.test('anchors are those that GitHub makes of headings', t => {
  const page = '# How it *works*\n## `a`, b\n### [A link](x.md): of it\n## `a`, b\n```sh\n# no heading\n```\n## With Ünï_code – and-more\n'
  t.same([...anchorsOf(page)], ['how-it-works', 'a-b', 'a-link-of-it', 'a-b-1', 'with-ünï_code--and-more'])
  t.end()
})

void t.test('what is code holds no link', t => {
  t.same(linksOf('[a](b.md) `[c](d.md)`\n```sh\n[e](f.md)\n```\n[g](#h) [`i`](j.md#k)'), ['b.md', '#h', 'j.md#k'])
  t.end()
})

void t.test('every link on every page leads somewhere', async t => {
  const links = [...texts].flatMap(([from, text]) => linksOf(text).map(link => ({ from, link })))
  t.ok(pages.length > 15 && links.length > 80, `${pages.length} pages, ${links.length} links`)
  const faults = await Promise.all(links.map(async ({ from, link }) => ({ from, link, fault: await faultOf(from, link) })))
  t.same(faults.filter(({ fault }) => fault !== undefined).map(({ from, link, fault }) => `${from}: ${link} ${fault}`), [])
})

void t.test('every page of docs is reached from README.md', async t => {
  const reached = new Set(['README.md'])
  for (const from of reached) {
    for (const link of linksOf(texts.get(from) ?? '')) {
      const path = normalize(join(dirname(from), link.split('#')[0] ?? '')).replace(/\/$/u, '')
      if (texts.has(path)) reached.add(path)
      for (const page of pages) if (dirname(page) === path) reached.add(page)
    }
  }
  t.same(pages.filter(page => page.startsWith('docs/') && !reached.has(page)), [])
})
