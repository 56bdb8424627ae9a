import { stripVTControlCharacters } from 'node:util'
import t from 'tap'
import { parse } from 'yaml'
import { writeKubeconfig } from '../api-server.ts'
import { runCommand } from '../run-command.ts'
import { startDistributorApi } from './distributor-api.ts'
import { distributorObject } from './distributor-object.ts'

const wrong = { Balanced: ['False', 'PodsStandWrong', '3 pods stand wrong: regular has 8, wanted 5; and so on, for longer than a line of a table can hold it all'] } as const
const objects = [
  distributorObject({ name: 'well' }),
  distributorObject({ name: 'off', split: '8/2', wanted: '5/5', deviation: '3', conditions: wrong }),
  distributorObject({ name: 'new', isNew: true }),
  distributorObject({ namespace: 'zoo', name: 'edited', generation: 3, deviation: '0.25' }),
  distributorObject({
    namespace: 'zoo', name: 'second', split: '0/0',
    conditions: {
      Ready: ['False', 'Conflicted', 'first decides'], Balanced: ['Unknown', 'NotDeciding', 'no'], Conflicted: ['True', 'AnotherDecides', 'first decides for Deployment/web'],
    },
  }),
]

const table = `NAMESPACE   NAME     TARGET           PODS   SPLIT   WANTED   DEVIATION   STATE        CHANGED   WHY
shop        new      Deployment/web   -      -       -        -           unjudged     -         it has no status: no leader has judged it yet
shop        off      Deployment/web   10     8/2     5/5      3.00        unbalanced   3m        3 pods stand wrong: regular has 8, wanted 5; and so on, for longer than a line …
zoo         edited   Deployment/web   10     8/2     8/2      0.25        stale        3m        its status is of generation 1 of the spec, which is at 3
zoo         second   Deployment/web   0      0/0     0/0      0.00        conflicted   3m        first decides for Deployment/web
shop        well     Deployment/web   10     8/2     8/2      0.00        balanced     3m

5 PodDistributors, 4 off (1 unjudged, 1 stale, 1 conflicted, 1 unbalanced); 30 pods placed
`
const note = 'versprei status: 2 statuses the leader writes within seconds; where it does not, versprei check tells why\n'

void t.test('all PodDistributors are one table, the worst deviation first', async t => {
  const { kubeconfig, put } = await startDistributorApi(t)
  t.strictSame(await runCommand(['status', '--kubeconfig', kubeconfig]), { code: 0, out: '0 PodDistributors, none off; 0 pods placed\n', err: '' })
  for (const one of objects) put(one)
  t.strictSame(await runCommand(['status', '--kubeconfig', kubeconfig]), { code: 0, out: table, err: note })
  const wide = (await runCommand(['status', '--kubeconfig', kubeconfig, '-o', 'wide', '-n', 'shop'])).out.split('\n').map(line => line.split(/ {3,}/u))
  t.strictSame(wide[0]?.slice(9), ['READY', 'BALANCED', 'DEGRADED', 'CONFLICTED', 'STRAYS', 'GROUPS', 'WHY'])
  t.strictSame(wide[2]?.slice(9), ['True', 'False', 'False', 'False', '0', 'regular 8 of 5, 8 ready; spot 2 of 5, 2 ready', wrong.Balanced[2]])
})

void t.test('at a terminal it is in colour, and no longer than a line', async t => {
  const { kubeconfig, put } = await startDistributorApi(t)
  for (const one of objects) put(one)
  const { out } = await runCommand(['status', '--kubeconfig', kubeconfig], { screen: { columns: 130, rows: 24 } })
  const lines = out.split('\n')
  t.match(lines[0], '\u001B[1mNAMESPACE\u001B[22m')
  t.match(lines[1], '\u001B[33munjudged\u001B[39m')
  t.match(lines[2], '\u001B[31munbalanced\u001B[39m')
  t.match(lines[5], '\u001B[32mbalanced\u001B[39m')
  const plain = lines.map(line => stripVTControlCharacters(line))
  t.equal(plain[2]?.length, 130)
  t.match(plain[2], /3 pods stand wrong: regular .*…$/u)
  const refused = await runCommand(['status', '--kubeconfig', kubeconfig], { screen: { columns: 130, rows: 24 }, environment: { NO_COLOR: '1' } })
  t.equal(refused.out.includes('\u001B'), false)
})

void t.test('what a condition says does nothing to a terminal, and forges no row', async t => {
  const { kubeconfig, put, refuse } = await startDistributorApi(t)
  put(distributorObject({ name: 'off', conditions: { Balanced: ['False', 'PodsStandWrong', '\u001B]0;pwned\u0007\nshop   well'] } }))
  for (const output of ['table', 'wide']) {
    const { out } = await runCommand(['status', '--kubeconfig', kubeconfig, '-o', output], { environment: { FORCE_COLOR: '1' } })
    t.match(stripVTControlCharacters(out), / {3}\\x1b\]0;pwned\\x07\\x0ashop {3}well\n\n1 PodDistributor/u, output)
  }
  const { out } = await runCommand(['status', '--kubeconfig', kubeconfig], { screen: { columns: 120, rows: 24 } })
  t.equal(stripVTControlCharacters(out.split('\n')[1] ?? '').length, 120, 'what is shown in place of it is counted')
  refuse('shop', 500, '\u001B[2J')
  t.match(await runCommand(['status', '--kubeconfig', kubeconfig, '-n', 'shop']), { code: 2, out: '', err: /^[^\n]*\\x1b\[2J[^\n]*\n$/u })
})

void t.test('json and yaml hold the reports in the same order, and name their names', async t => {
  const { kubeconfig, put } = await startDistributorApi(t)
  for (const one of objects) put(one)
  const json = JSON.parse((await runCommand(['status', '--kubeconfig', kubeconfig, '-o', 'json'])).out)
  t.strictSame(json[1], {
    namespace: 'shop', name: 'off', target: 'Deployment/web', pods: 10, split: '8/2', wanted: '5/5', deviation: 3, strays: 0,
    groups: [{ name: 'regular', wanted: 5, assigned: 8, ready: 8 }, { name: 'spot', wanted: 5, assigned: 2, ready: 2 }],
    generation: 1, observedGeneration: 1, changed: '2026-01-31T11:57:00Z', troubles: ['unbalanced'], why: wrong.Balanced[2],
    conditions: objects[1]?.status?.conditions,
  })
  t.strictSame(parse((await runCommand(['status', '--kubeconfig', kubeconfig, '-o', 'yaml'])).out), json)
  t.equal((await runCommand(['status', '--kubeconfig', kubeconfig, '-o', 'name'])).out, 'shop/new\nshop/off\nzoo/edited\nzoo/second\nshop/well\n')
})

void t.test('--fail-on says what is a failure', async t => {
  const { kubeconfig, put } = await startDistributorApi(t)
  put(distributorObject({ name: 'well' }))
  const codeOf = async (failOn: string) => (await runCommand(['status', '--kubeconfig', kubeconfig, '--fail-on', failOn])).code
  t.equal(await codeOf('any'), 0)
  for (const one of objects) put(one)
  t.strictSame([await codeOf('any'), await codeOf('unbalanced'), await codeOf('degraded,stale'), await codeOf('degraded,invalid')], [1, 1, 1, 0])
  t.match(await runCommand(['status', '--kubeconfig', kubeconfig, '-n', 'zoo', '--fail-on', 'unbalanced']), { code: 0 }, 'of those that are shown')
  t.match(await runCommand(['status', '--fail-on', 'sadness']), { code: 2, err: /It must be one of unjudged, stale, invalid/u })
  t.match(await runCommand(['status', '--fail-on', 'any', '--watch']), { code: 2, err: /cannot be used with option '--watch'/u })
})

void t.test('what may not be read is said, the rest is shown: exit code 1', async t => {
  const { kubeconfig, put, refuse } = await startDistributorApi(t)
  for (const one of objects) put(one)
  refuse('zoo', 403, 'Forbidden')
  const ran = await runCommand(['status', '--kubeconfig', kubeconfig, '-n', 'shop', '-n', 'zoo', '-o', 'name'])
  t.match(ran, { code: 1, out: 'shop/new\nshop/off\nshop/well\n', err: /^versprei status: not read: [^\n]*namespaces\/zoo\/poddistributors: 403 Forbidden/u })
  t.match(await runCommand(['status', '--kubeconfig', kubeconfig, '-n', 'zoo']), { code: 1, out: '', err: /403 Forbidden/u })
})

void t.test('a cluster that cannot be asked at all is exit code 2', async t => {
  const { kubeconfig, refuse } = await startDistributorApi(t)
  const nowhere = await writeKubeconfig(`${kubeconfig}-nowhere`, 1)
  t.match(await runCommand(['status', '--kubeconfig', nowhere]), { code: 2, out: '', err: /^versprei status: GET http:\/\/127.0.0.1:1\/version: [^\n]*ECONNREFUSED[^\n]*\n$/u })
  t.match(await runCommand(['status', '--kubeconfig', '/no/such/file']), { code: 2, err: /kubeconfig \/no\/such\/file cannot be read/u })
  t.match(await runCommand(['status', '-n', 'Shop']), { code: 2, err: /lower-case letters/u })
  const cases = [
    { code: 404, reason: 'NotFound', err: /is the CRD installed\? kubectl apply -k config\n$/u },
    { code: 401, reason: 'Unauthorized', err: /the API server does not take these credentials\n$/u },
    { code: 500, reason: 'InternalError', err: /^versprei status: GET \S+: 500 InternalError: no: InternalError\n$/u },
  ]
  for (const { code, reason, err } of cases) {
    refuse('shop', code, reason)
    t.match(await runCommand(['status', '--kubeconfig', kubeconfig, '-n', 'shop']), { code: 2, out: '', err }, reason)
  }
})
