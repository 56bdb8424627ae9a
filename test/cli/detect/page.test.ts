import { createHash } from 'node:crypto'
import t from 'tap'
import { asHtml } from '../../../src/cli/detect/page/as-html.ts'
import { html } from '../../../src/cli/detect/page/markup.ts'
import { finding, node, picture, shop } from './pictures.ts'

/** The cells of a workload's row, as they are told apart. */
const cellsOf = (text: string, workload: number): readonly string[] =>
  [...(new RegExp(`<tr id="w${workload}".*?</tr>`, 'su').exec(text)?.[0] ?? '').matchAll(/<td class="(?<kind>[^"]*)"(?: colspan="(?<span>\d+)")?[^>]*>(?<text>[^<]*)/gu)]
    .map(({ groups = {} }) => `${groups['kind']} ${groups['span'] ?? groups['text']}`)

void t.test('a template escapes texts, in elements and in attributes, and leaves pieces of HTML alone', async t => {
  t.equal(html`<a title="${'"\'<&>'}">${'<b>'}${1}${html`<i>`}${[html`<p>`, html`<q>`]}</a>`.markup,
    '<a title="&quot;&#39;&lt;&amp;&gt;">&lt;b&gt;1<i><p><q></a>')
  t.equal(html`${'a\n\u001B\u2028'}`.markup, 'a\\x0a\\x1b\\u2028')
})

void t.test('what the policy lets run and paint is what is there', async t => {
  const text = asHtml(picture(shop))
  const policy = /content="(?<policy>default-src[^"]*)"/u.exec(text)?.groups?.['policy'] ?? ''
  const hashOf = (element: string) => createHash('sha256').update(new RegExp(`<${element}>(?<text>.*?)</${element}>`, 'su').exec(text)?.groups?.['text'] ?? '').digest('base64')
  t.equal(policy, `default-src 'none'; style-src 'sha256-${hashOf('style')}'; script-src 'sha256-${hashOf('script')}'; img-src data:; base-uri 'none'; form-action 'none'`)
  const links = [...text.matchAll(/\b(?:src|href|action|srcset|data|poster)="(?<to>[^"]*)"/gu)].map(({ groups = {} }) => groups['to'] ?? '')
  t.same(links.filter(link => !/^#p\d+$/u.test(link)), ['data:,'], 'there is nothing to load')
  t.notMatch(text, /url\(|@import/u)
})

void t.test('columns without a pod are joined, and no further than their zone', async t => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const nodes = names.map((name, index) => node(name, { labels: { 'topology.kubernetes.io/zone': index < 4 ? 'one' : 'two' } }))
  const text = asHtml(picture([
    finding({ on: { b: ['1', '2'], d: ['3'] } }), finding({ on: { f: ['1', '2', '3', '4', '5'] } }), finding({ on: { gone: ['1'] } }),
  ], { nodes }))
  t.same(cellsOf(text, 0), ['g edge 1', 'n2 2', 'g 1', 'n1 1', 'g edge 2', 'g edge 1'])
  t.same(cellsOf(text, 1), ['g edge 4', 'g edge 1', 'n5 5', 'g edge 1'])
  t.same(cellsOf(text, 2), ['g edge 4', 'g edge 2', 'n1 edge 1'], 'a node that is not known has a column of its own')
})

void t.test('no cell spans more columns than HTML allows', async t => {
  const nodes = Array.from({ length: 2500 }, (_, index) => node(`node-${index}`))
  t.same(cellsOf(asHtml(picture([finding({})], { nodes })), 0), ['g edge 1000', 'g 1000', 'g 500'])
})

void t.test('names of nodes keep what tells them apart', async t => {
  const shown = (names: readonly string[]) =>
    [...asHtml(picture([finding({})], { nodes: names.map(name => node(name)) })).matchAll(/<th scope="col" class="node[^>]*><span>(?<name>[^<]*)/gu)].map(({ groups = {} }) => groups['name'])
  t.same(shown(['ip-10-0-12-34.eu-west-1.compute.internal', 'ip-10-0-7-1.eu-west-1.compute.internal']), ['ip-10-0-12-34', 'ip-10-0-7-1'])
  t.same(shown(['gke-shop-regular-a1b2c3d4-000', 'gke-shop-regular-a1b2c3d4-001']), ['gke-shop…ar-a1b2c3d4-000', 'gke-shop…ar-a1b2c3d4-001'])
  t.same(shown(['node-a.lan', 'node-b.dmz']), ['node-a.lan', 'node-b.dmz'])
  t.same(shown(['node-a.lan']), ['node-a.lan'])
})

void t.test('what is not known is said', async t => {
  const text = asHtml(picture(shop, { isUseWhole: false, missing: ['nodes: <no>'], unassigned: { orphans: ['shop/x'], otherKinds: 0 } }))
  for (const one of ['What is requested is that of the namespaces that were looked at', '<li>nodes: &lt;no&gt;</li>', 'not looked at: 1 pod that nobody controls']) {
    t.ok(text.includes(one), one)
  }
})
