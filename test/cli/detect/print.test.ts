import { stripVTControlCharacters } from 'node:util'
import t from 'tap'
import { parse } from 'yaml'
import { createPaint } from '../../../src/cli/colour.ts'
import { asCsv, csvColumns } from '../../../src/cli/detect/print/as-csv.ts'
import { asJson, asYaml } from '../../../src/cli/detect/print/as-data.ts'
import { asMarkdown } from '../../../src/cli/detect/print/as-markdown.ts'
import { asNames } from '../../../src/cli/detect/print/as-names.ts'
import { asTable, type TableLook } from '../../../src/cli/detect/print/as-table.ts'
import { keepsEnough, summary } from '../../../src/cli/detect/print/words.ts'
import { finding, node, picture, shop } from './pictures.ts'

const plain: TableLook = { isWide: false, columns: undefined, paint: createPaint(false) }
const shopPicture = picture(shop)

void t.test('the table has a line for each workload that shares a node, then a summary', async t => {
  t.equal(asTable(shopPicture, plain), `\
NAMESPACE   WORKLOAD              STANDS         PODS     NODES   SURVIVES   NOT COUNTED   SHARED NODES
shop        deployment.apps/web   single node    3 of 4   1       0 nodes    1 pending     node-a: 3
shop        deployment.apps/api   shares nodes   3        2       1 node     -             node-b: 2
blog        deployment.apps/one   one pod        1        1       0 nodes    -             -

1 of 5 workloads stands on a single node; 1 shares nodes; 1 has one pod
`)
})

void t.test('the wide table has every workload, its pods by node, and the nodes with what is taken of them', async t => {
  t.equal(asTable({ ...shopPicture, isUseWhole: false }, { ...plain, isWide: true, columns: 40 }), `\
NAMESPACE   WORKLOAD                 STANDS         PODS     NODES   SURVIVES   NOT COUNTED   SHARED NODES
shop        deployment.apps/web      single node    3 of 4   1       0 nodes    1 pending     node-a: 3
    node-a: web-1, web-2, web-3
shop        deployment.apps/api      shares nodes   3        2       1 node     -             node-b: 2
    node-b: api-1, api-2
    node-a: api-3
blog        deployment.apps/one      one pod        1        1       0 nodes    -             -
    node-b: one-1
blog        deployment.apps/spread   spread         2        2       1 node     -             -
    node-a: spread-1
    node-b: spread-2
blog        deployment.apps/none     no pod         0 of 1   0       -          -             -

NODE     ZONE    STATE      PODS       CPU REQUESTED     MEMORY REQUESTED
node-a   eu-1a   ready      7 of 110   3.2 of 4 (80 %)   12 GiB of 16 GiB (75 %)
node-b   -       cordoned   7 of 110   3.2 of 4 (80 %)   12 GiB of 16 GiB (75 %)
What is requested is that of the namespaces that were looked at; others may take more.

1 of 5 workloads stands on a single node; 1 shares nodes; 1 has one pod
`)
})

void t.test('where nothing shares a node one line says so', async t => {
  const spread = finding({ on: { 'node-a': ['web-1'], 'node-b': ['web-2'] } })
  t.equal(asTable(picture([spread]), plain), 'of 1 workload none has two pods on one node\n')
  t.equal(asTable(picture([]), plain), 'there is no such workload\n')
})

void t.test('zones, and what a budget needs, have their place where they are known', async t => {
  const web = finding({
    on: { 'node-a': ['web-1', 'web-2'], 'node-b': ['web-3'] },
    nodes: { domains: 2, untilNone: 1, untilTooFew: { least: 2, by: 'PodDisruptionBudget web', losses: 0 } },
    topology: { key: 'topology.kubernetes.io/zone', domains: 1, untilNone: 0, untilTooFew: { least: 2, by: 'PodDisruptionBudget web', losses: 0 }, unlabelled: 1 },
  })
  t.equal(asTable(picture([web]), plain), `\
NAMESPACE   WORKLOAD              STANDS         PODS   NODES   SURVIVES          ENOUGH WITHOUT                           \
NOT COUNTED      SHARED NODES
shop        deployment.apps/web   shares nodes   3      2       1 node, 0 zones   0 nodes, 0 zones (2 needed by pdb/web)   \
1 without zone   node-a: 2

0 of 1 workload stands on a single node; 1 shares nodes
`)
})

void t.test('what may be lost before too few are left names the need, and each where they differ', async t => {
  const survival = (losses: number, by = 'PodDisruptionBudget web', least = 2) => ({ domains: 2, untilNone: 1, untilTooFew: { least, by, losses } })
  const zone = { key: 'zone', unlabelled: 0 }
  const estimate = { ...survival(1), untilTooFew: { ...survival(1).untilTooFew, isEstimate: true } as const }
  const cases = [
    { nodes: survival(1), want: '1 node (2 needed by pdb/web)' },
    { nodes: survival(-1, '--min-available'), want: 'too few already (2 needed by --min-available)' },
    { nodes: survival(-1), topology: { ...zone, ...survival(-1) }, want: 'too few already (2 needed by pdb/web)' },
    { nodes: survival(2), topology: { ...zone, ...survival(1) }, want: '2 nodes, 1 zone (2 needed by pdb/web)' },
    { nodes: survival(1), topology: { ...zone, ...survival(0, 'PodDisruptionBudget b', 3) }, want: '1 node (2 needed by pdb/web), 0 zones (3 needed by pdb/b)' },
    { nodes: estimate, want: '1 node (2 needed by pdb/web, not certain)' },
    { nodes: estimate, topology: { ...zone, domains: 0, untilNone: undefined }, want: '1 node (2 needed by pdb/web, not certain)' },
    { want: '-' },
  ]
  for (const { want, ...more } of cases) t.equal(keepsEnough(finding({ on: { a: ['1'], b: ['2'] }, ...more })), want)
})

void t.test('the nodes that are shared take what is left of the line, and are whole where there is no terminal', async t => {
  const on = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map(one => [`node-${one}`, [`${one}-1`, `${one}-2`]]))
  const many = picture([finding({ on })])
  const lastOf = (columns: number | undefined) => asTable(many, { ...plain, columns }).split('\n')[1]?.split(/ {3,}/u).at(-1)
  const whole = 'node-a: 2, node-b: 2, node-c: 2, node-d: 2, node-e: 2'
  t.equal(lastOf(undefined), whole)
  t.equal(lastOf(140), whole)
  t.equal(lastOf(120), 'node-a: 2, node-b: 2, node-c: 2, and 2 more')
  t.equal(lastOf(20), 'node-a: 2, and 4 more')
  for (const columns of [100, 110, 120, 130, 140]) {
    const longest = Math.max(...asTable(many, { ...plain, columns }).split('\n').map(line => line.length))
    t.ok(longest <= columns, `${longest} of ${columns}`)
  }
})

void t.test('colours take no room, and tell how a workload stands', async t => {
  for (const isWide of [false, true]) {
    const painted = asTable(shopPicture, { isWide, columns: undefined, paint: createPaint(true) })
    t.equal(stripVTControlCharacters(painted), asTable(shopPicture, { ...plain, isWide }))
    t.ok(painted.includes('\u001B[31msingle node\u001B[39m') && painted.includes('\u001B[33mshares nodes\u001B[39m'))
  }
})

void t.test('what a server may send to play with a terminal is shown', async t => {
  const name = 'web\u001B[2J\u009B1m\n\u202Ex'
  const text = asTable(picture([finding({ name, on: { [name]: [`${name}-1`, name] } })]), { ...plain, isWide: true })
  t.match(text, 'deployment.apps/web\\x1b[2J\\x9b1m\\x0a\\u202ex')
  t.notOk(['\u001B', '\u009B', '\u202E'].some(one => text.includes(one)))
})

void t.test('the wide table tells of pods that were not looked at', async t => {
  const cases = [
    { unassigned: { orphans: ['shop/a', 'shop/b'], otherKinds: 1 }, want: 'not looked at: 1 pod of other kinds of workloads, 2 pods that nobody controls' },
    { unassigned: { orphans: [], otherKinds: 12 }, want: 'not looked at: 12 pods of other kinds of workloads' },
    { unassigned: { orphans: ['shop/a'], otherKinds: 0 }, want: 'not looked at: 1 pod that nobody controls' },
  ]
  for (const { unassigned, want } of cases) t.equal(asTable(picture(shop, { unassigned }), { ...plain, isWide: true }).split('\n').at(-3), want)
})

void t.test('the summary counts', async t => {
  const cases = [
    { findings: [], want: 'there is no such workload' },
    { findings: shop.slice(0, 1), want: '1 of 1 workload stands on a single node; 0 share nodes' },
    { findings: [...shop, ...shop], want: '2 of 10 workloads stand on a single node; 2 share nodes; 2 have one pod' },
    { findings: shop.slice(3), want: 'of 2 workloads none has two pods on one node' },
  ]
  for (const { findings, want } of cases) t.equal(summary(picture(findings).survey), want)
})

/** RFC 4180, as far as it goes. */
const readCsv = (text: string): readonly (readonly string[])[] => text.split(/\r\n(?=(?:[^"]*"[^"]*")*[^"]*$)/u).slice(0, -1)
  .map(line => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/u).map(cell => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell)))

void t.test('the csv has a line for each workload and node', async t => {
  t.same(readCsv(asCsv(shopPicture)), [
    csvColumns,
    ['shop', 'deployment.apps/web', 'single node', '4', '3', '1', '0', '', 'node-a', 'eu-1a', '3', 'web-1 web-2 web-3'],
    ['shop', 'deployment.apps/api', 'shares nodes', '3', '3', '2', '1', '', 'node-b', '', '2', 'api-1 api-2'],
    ['shop', 'deployment.apps/api', 'shares nodes', '3', '3', '2', '1', '', 'node-a', 'eu-1a', '1', 'api-3'],
    ['blog', 'deployment.apps/one', 'one pod', '1', '1', '1', '0', '', 'node-b', '', '1', 'one-1'],
    ['blog', 'deployment.apps/spread', 'spread', '2', '2', '2', '1', '', 'node-a', 'eu-1a', '1', 'spread-1'],
    ['blog', 'deployment.apps/spread', 'spread', '2', '2', '2', '1', '', 'node-b', '', '1', 'spread-2'],
    ['blog', 'deployment.apps/none', 'no pod', '1', '0', '0', '', '', '', '', '0', ''],
  ])
})

void t.test('a cell of the csv holds quotes, commas and lines, and never begins like a formula', async t => {
  const cases = [
    ['a,b', '"a,b"'], ['a"b', '"a""b"'], ['a\nb', '"a\nb"'], ['a\r\nb', '"a\r\nb"'],
    ['=cmd|x', '"\'=cmd|x"'], ['+1', '"\'+1"'], ['-1', '"\'-1"'], ['@x', '"\'@x"'], ['\tx', '"\'\tx"'], ['a=b', 'a=b'],
  ] as const
  for (const [namespace, want] of cases) t.ok(asCsv(picture([finding({ namespace })])).includes(`\r\n${want},deployment.apps/web,`), namespace)
  const pods = readCsv(asCsv(picture([finding({ on: { 'n,"\n': ['=1,2'] } })])))[1]
  t.same([pods?.[8], pods?.[11]], ['n,"\n', "'=1,2"])
})

void t.test('markdown has a table of what shares nodes, and nothing in it is markup', async t => {
  t.equal(asMarkdown(picture(shop, { missing: ['nodes: you may not list them'] })), `\
**1 of 5 workloads stands on a single node; 1 shares nodes; 1 has one pod**

- not read: nodes: you may not list them

| Namespace | Workload | Stands | Pods | Nodes | Survives | Enough without | Not counted | Shared nodes |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| shop | deployment.apps/web | single node | 3 of 4 | 1 | 0 nodes | - | 1 pending | node-a: 3 |
| shop | deployment.apps/api | shares nodes | 3 | 2 | 1 node | - |  | node-b: 2 |
| blog | deployment.apps/one | one pod | 1 | 1 | 0 nodes | - |  |  |
`)
  const line = asMarkdown(picture([finding({ name: 'a|b\\`<i>[x](y)@z\n|', on: { n: ['1', '2'] } })])).split('\n')[4]
  t.equal(line?.split(' | ')[1], 'deployment.apps/a\\|b\\\\\\`&lt;i\\>\\[x\\]\\(y\\)&#64;z\\\\x0a\\|')
})

void t.test('names are what kubectl takes, a line each', async t => {
  const rollout = finding({ name: 'r', on: { n: ['r-1', 'r-2'] }, workload: { group: 'argoproj.io', kind: 'Rollout', namespace: 'shop', name: 'r' } })
  const old = finding({ on: { n: ['o-1', 'o-2'] }, workload: { group: '', kind: 'ReplicationController', namespace: 'shop', name: 'o' } })
  t.equal(asNames(picture([...shop, rollout, old])), `\
deployment.apps/web -n shop
deployment.apps/api -n shop
deployment.apps/one -n blog
rollout.argoproj.io/r -n shop
replicationcontroller/o -n shop
`)
  t.equal(asNames(picture([finding({ name: 'a; rm\n"$(x)', on: { n: ['1', '2'] } })])), 'deployment.apps/a??rm????x? -n shop\n')
})

void t.test('json is the whole survey, and yaml reads back as the same', async t => {
  const odd = picture([...shop, finding({ name: 'yes', namespace: '1e3', on: { 'no: de': ['~', '- x', '"#'] } })], { missing: ['a: b'] })
  t.same(JSON.parse(asJson(odd)), JSON.parse(JSON.stringify(odd.survey)))
  t.strictSame(parse(asYaml(odd)), JSON.parse(asJson(odd)))
  t.equal(Object.keys(JSON.parse(asJson(odd))).join(), 'findings,missing,unassigned')
})

void t.test('amounts are in units that people read', async t => {
  const small = node('node-a', { allocatable: { cpu: 250, memory: 900, pods: 4 }, requested: { cpu: 125, memory: 512 } })
  const large = node('node-b', { allocatable: { cpu: 192_000, memory: 1.5 * 2 ** 40 }, requested: {} })
  const lines = asTable(picture(shop, { nodes: [small, large] }), { ...plain, isWide: true }).split('\n').filter(line => line.startsWith('node-'))
  t.same(lines.map(line => line.split(/ {3,}/u)), [
    ['node-a', '-', 'ready', '7 of 4', '0.13 of 0.25 (50 %)', '512 B of 900 B (57 %)'],
    ['node-b', '-', 'ready', '7', '0 of 192 (0 %)', '0 B of 1.5 TiB (0 %)'],
  ])
})
