import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parseManifests, readManifests, type Manifests } from '../../src/manifests/read.ts'

const named = ({ manifests, troubles }: Manifests) => ({
  manifests: manifests.map(({ where, object }) => `${where}: ${String(object['kind'])}`),
  troubles,
})

const pods = (count: number): string => `[${'{kind: Pod}, '.repeat(count)}]`
const bomb = `kind: Pod\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]\n`
const deep = 'is not a Kubernetes object: expected a map with apiVersion and kind'
const texts: readonly { name: string, text: string, want: { manifests: string[], troubles: (string | RegExp)[] } }[] = [
  { name: 'nothing', text: '', want: { manifests: [], troubles: [] } },
  { name: 'comments and empty documents', text: '# a\n---\n---\n# b\n', want: { manifests: [], troubles: [] } },
  { name: 'one document is told by its file alone', text: 'kind: Pod', want: { manifests: ['f: Pod'], troubles: [] } },
  {
    name: 'several are counted, the empty ones too', text: 'kind: Pod\n---\n---\nkind: Node\n',
    want: { manifests: ['f, document 1: Pod', 'f, document 3: Node'], troubles: [] },
  },
  { name: 'JSON', text: '{"kind": "Pod", "metadata": {"name": "a"}}', want: { manifests: ['f: Pod'], troubles: [] } },
  {
    name: 'Lists, in Lists too, are taken apart', text: `kind: List\nitems: [{kind: PodList, items: ${pods(2)}}, {kind: Node}, null]`,
    want: { manifests: ['f, items[0], items[0]: Pod', 'f, items[0], items[1]: Pod', 'f, items[1]: Node'], troubles: [] },
  },
  { name: 'a kind that ends with List but has no items is itself', text: 'kind: PriceList', want: { manifests: ['f: PriceList'], troubles: [] } },
  { name: 'a text', text: 'hello', want: { manifests: [], troubles: [`f: ${deep}`] } },
  { name: 'a list', text: '[]', want: { manifests: [], troubles: [`f: ${deep}`] } },
  { name: 'a kind that is a number', text: 'kind: 1', want: { manifests: [], troubles: [`f: ${deep}`] } },
  { name: 'an item that is none', text: 'kind: List\nitems: [{kind: Pod}, 1]', want: { manifests: ['f, items[0]: Pod'], troubles: [`f, items[1]: ${deep}`] } },
  {
    name: 'a broken document, and the others', text: 'kind: Pod\n---\na: [\n---\nkind: Node\n',
    want: { manifests: ['f, document 1: Pod', 'f, document 3: Node'], troubles: [/^f, document 2: [^\n]+ at line 4, column 1/] },
  },
  { name: 'a key twice', text: 'kind: Pod\nkind: Node\n', want: { manifests: [], troubles: [/^f: Map keys must be unique at line 2, column 1/] } },
  {
    name: 'aliases that multiply, and the other document', text: `${bomb}---\nkind: Node\n`,
    want: { manifests: ['f, document 2: Node'], troubles: ['f, document 1: Excessive alias count indicates a resource exhaustion attack'] },
  },
  {
    name: 'a List inside itself, and the other document', text: 'kind: Node\n---\n&a\nkind: List\nitems: [*a]\n',
    want: { manifests: ['f, document 1: Node'], troubles: [/^f, document 2: ./] },
  },
  { name: 'an alias of nothing', text: 'kind: Pod\na: *b\n', want: { manifests: [], troubles: [/^f: [^\n]*alias[^\n]*$/i] } },
  { name: '__proto__ is a key', text: 'kind: Pod\n__proto__: {kind: Node}\n', want: { manifests: ['f: Pod'], troubles: [] } },
]
for (const { name, text, want } of texts) {
  void t.test(name, async t => {
    const { manifests, troubles } = named(parseManifests('f', text))
    t.same(manifests, want.manifests)
    t.match(troubles, want.troubles)
    t.equal(troubles.length, want.troubles.length)
  })
}

void t.test('a folder is read whole: yaml, yml and json, in the order of their names, below it too', async t => {
  const folder = t.testdir({
    'b.yaml': 'kind: B', 'a.yml': 'kind: A', 'c.json': '{"kind": "C"}', 'd.txt': 'kind: D', 'e.yaml.bak': 'kind: E', below: { 'f.yaml': 'kind: F' },
  })
  const where = (...path: string[]) => join(folder, ...path)
  t.same(named(await readManifests(folder)), {
    manifests: [`${where('a.yml')}: A`, `${where('b.yaml')}: B`, `${where('below', 'f.yaml')}: F`, `${where('c.json')}: C`], troubles: [],
  })
})

void t.test('a mounted ConfigMap is read once, and hidden files not at all', async t => {
  const folder = t.testdir({ '.web.yaml.swp': 'kind: A', '.hidden.yaml': 'kind: B', '.git': { 'x.yaml': 'kind: C' } })
  await mkdir(join(folder, '..2026_11_21'))
  await writeFile(join(folder, '..2026_11_21', 'web.yaml'), 'kind: Web')
  await symlink('..2026_11_21', join(folder, '..data'))
  await symlink(join('..data', 'web.yaml'), join(folder, 'web.yaml'))
  // Emacs locks a file by a link to nowhere.
  await symlink('me@here.1', join(folder, '.#web.yaml'))
  t.same(named(await readManifests(folder)), { manifests: [`${join(folder, 'web.yaml')}: Web`], troubles: [] })
})

void t.test('a folder below a hidden one is read', async t => {
  const folder = join(t.testdir({ '.config': { 'a.yaml': 'kind: A' } }), '.config')
  t.same(named(await readManifests(folder)).manifests, [`${join(folder, 'a.yaml')}: A`])
})

void t.test('what cannot be read is told with its name, and the rest is there', async t => {
  const folder = t.testdir({ 'a.yaml': 'kind: A', 'secret.yaml': 'kind: B' })
  await symlink('nowhere', join(folder, 'lost.yaml'))
  await mkdir(join(folder, 'target'))
  await symlink('target', join(folder, 'folder.yaml'))
  await chmod(join(folder, 'secret.yaml'), 0)
  const { manifests, troubles } = named(await readManifests(folder))
  t.ok(manifests.includes(`${join(folder, 'a.yaml')}: A`))
  t.match(troubles.slice(0, 2), [`${join(folder, 'folder.yaml')}: EISDIR`, `${join(folder, 'lost.yaml')}: ENOENT`])
  // To root every file can be read.
  if (process.getuid?.() !== 0) t.match(troubles[2], `${join(folder, 'secret.yaml')}: EACCES`)
})

void t.test('a folder that is not there is an error', async t => {
  await t.rejects(readManifests(join(t.testdir({}), 'none')), { code: 'ENOENT' })
  await t.rejects(readManifests(join(t.testdir({ file: '' }), 'file')), { code: 'ENOTDIR' })
})
