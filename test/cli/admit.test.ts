import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { parse } from 'yaml'
import { runCommand, type Ran } from './run-command.ts'

const distributors = {
  'web.yaml': `
apiVersion: versprei.versprei.io/v1beta1
kind: PodDistributor
metadata: {name: web, namespace: shop}
spec:
  target: {apiVersion: apps/v1, kind: Deployment, name: web}
  distribution:
  - {nodeLabel: {type: default}, weight: 80}
  - {nodeLabel: {type: spot, arch: arm64}, weight: 20}
---
apiVersion: versprei.versprei.io/v1beta1
kind: PodDistributor
metadata: {name: db, namespace: shop}
spec:
  target: {apiVersion: apps/v1, kind: StatefulSet, name: db}
  distribution:
  - {nodeLabel: {zone: a}, weight: 1}
  - {name: other, matchExpressions: [{key: zone, operator: In, values: [b, c]}, {key: gpu, operator: DoesNotExist}], weight: 1}
`,
}

function workload(kind: string, name: string, spec: object): string {
  const apiVersion = kind === 'Job' ? 'batch/v1' : 'apps/v1'
  const template = { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image: 'main' }] } }
  return JSON.stringify({ apiVersion, kind, metadata: { name, namespace: 'shop' }, spec: { ...spec, template } })
}

const admit = (t: Test, input: string, ...flags: readonly string[]): Promise<Ran> =>
  runCommand(['admit', '--manifests', t.testdir(distributors), ...flags], { stdin: input })

void t.test('a Deployment from standard input: as many pods as it has replicas, each with group, seat and node labels', async t => {
  t.strictSame(await admit(t, workload('Deployment', 'web', { replicas: 5 })), {
    code: 0,
    out: `POD          GROUP          SEAT   NODE LABELS
shop/web-0   type-default   0      type=default
shop/web-1   type-default   1      type=default
shop/web-2   arch-arm64     2      arch=arm64, type=spot
shop/web-3   type-default   3      type=default
shop/web-4   type-default   4      type=default
`,
    err: '',
  })
})

void t.test('--replicas overrides the workload\'s own', async t => {
  const { out } = await admit(t, workload('Deployment', 'web', { replicas: 5 }), '--replicas', '2')
  t.equal(out.split('\n').length - 2, 2)
})

void t.test('a StatefulSet\'s ordinals are its seats, wherever they start', async t => {
  const { out } = await admit(t, workload('StatefulSet', 'db', { replicas: 3, ordinals: { start: 4 } }))
  t.equal(out, `POD         GROUP    SEAT   NODE LABELS
shop/db-0   zone-a   4      zone=a
shop/db-1   other    5      zone in (b,c), !gpu
shop/db-2   zone-a   6      zone=a
`)
})

void t.test('a pod that is left alone says why', async t => {
  const pod = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bare', namespace: 'shop' }, spec: { containers: [] } })
  t.strictSame(await admit(t, pod), {
    code: 0, out: 'POD         GROUP   SEAT   NODE LABELS\nshop/bare   -       -      left alone: no-controller\n', err: '',
  })
  const { code, out } = await admit(t, JSON.stringify({
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' },
    spec: { template: { metadata: { labels: { 'versprei.io/group': 'mine' } }, spec: {} } },
  }))
  t.equal(code, 1, 'and the exit code tells that there is something to mend')
  t.match(out, /left alone: already-labelled \(.*versprei\.io\/group/)
})

void t.test('-o yaml and -o json print the pods as they would be stored, -o patch the patches', async t => {
  const input = workload('Deployment', 'web', { replicas: 2 })
  const json = JSON.parse((await admit(t, input, '-o', 'json')).out)
  t.strictSame(parse((await admit(t, input, '-o', 'yaml')).out), json)
  t.equal(json.kind, 'List')
  t.equal(json.items.length, 2)
  t.match(json.items[0], {
    metadata: { generateName: 'web-admit-', labels: { app: 'web', 'versprei.io/distributor': 'web', 'versprei.io/group': 'type-default' } },
    spec: { containers: [{ name: 'main' }], affinity: { nodeAffinity: Object }, topologySpreadConstraints: Array },
  })
  const patches = (await admit(t, input, '-o', 'patch')).out.trimEnd().split('\n').map(line => JSON.parse(line))
  t.equal(patches.length, 2)
  t.match(patches[0], [{ op: 'add', path: '/metadata/labels/versprei.io~1distributor', value: 'web' }])
})

void t.test('a Job\'s patch is the server\'s: its pods carry what the Job controller labels them with', async t => {
  const stdin = workload('Job', 'load', {})
  const manifests = t.testdir({ 'load.yaml': distributors['web.yaml'].split('---')[0]?.replaceAll('web', 'load')
    .replace('apps/v1, kind: Deployment', 'batch/v1, kind: Job') ?? '' })
  const { out } = await runCommand(['admit', '--manifests', manifests, '-o', 'patch'], { stdin })
  const matchLabels = { 'versprei.io/distributor': 'load', 'versprei.io/group': 'type-default' }
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: [{ matchExpressions: [{ key: 'type', operator: 'In', values: ['default'] }] }],
  } } }
  t.strictSame(JSON.parse(out), [
    { op: 'add', path: '/metadata/labels/versprei.io~1distributor', value: 'load' },
    { op: 'add', path: '/metadata/labels/versprei.io~1group', value: 'type-default' },
    { op: 'add', path: '/metadata/annotations', value: { 'versprei.io/seat': '0', 'versprei.io/admission': 'admit-0' } },
    { op: 'add', path: '/spec/affinity', value: affinity },
    { op: 'add', path: '/spec/topologySpreadConstraints', value: [{
      maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', nodeTaintsPolicy: 'Honor',
      labelSelector: { matchLabels }, matchLabelKeys: ['batch.kubernetes.io/controller-uid'],
    }] },
  ])
})

const unnamed = `
apiVersion: versprei.versprei.io/v1beta1
kind: PodDistributor
metadata: {name: any, namespace: shop}
spec:
  target: {apiVersion: apps/v1, kind: Deployment}
  distribution: [{nodeLabel: {type: default}, weight: 1}, {nodeLabel: {type: spot}, weight: 1}]
`

void t.test('where each workload starts at a place of its own, that is noted once, beside the table alone', async t => {
  const manifests = t.testdir({ 'any.yaml': unnamed })
  const stdin = workload('Deployment', 'web', { replicas: 3 })
  t.match(await runCommand(['admit', '--manifests', manifests], { stdin }), {
    code: 0,
    err: 'versprei admit: shop/any: each workload starts at another place in the sequence, by its uid, '
      + 'and is less than 2 pods from the ideal; the server may choose other groups than these\n',
  })
  t.equal((await runCommand(['admit', '--manifests', manifests, '-o', 'json'], { stdin })).err, '')
})

void t.test('Lists, several documents and several files; other kinds are passed over and named', async t => {
  const items = [workload('ReplicaSet', 'web-1', { replicas: 1 }), workload('Job', 'web', {})]
  const stdin = `{"apiVersion": "v1", "kind": "List", "items": [${items.join()}]}`
  const folder = t.testdir({ ...distributors, 'more.yaml': `${workload('Deployment', 'web', {})}\n---\nkind: ConfigMap\n` })
  const { code, out, err } = await runCommand(['admit', '--manifests', folder, '-', join(folder, 'more.yaml')], { stdin })
  t.equal(code, 0)
  t.same(out.trimEnd().split('\n').slice(1).map(line => line.split(/ {2,}/)[0]), ['shop/web-1-0', 'shop/web-0', 'shop/web-0'])
  t.match(err, /more\.yaml, document 2: ConfigMap is passed over/)
})

void t.test('what cannot be understood is told with its file, and the exit code is 1', async t => {
  t.match(await admit(t, 'a: [b'), { code: 1, err: /standard input: / })
  t.match(await admit(t, ''), { code: 1, err: /there is no object to admit/ })
  t.match(await admit(t, '[]'), { code: 1, err: /standard input: is not a Kubernetes object/ })
})

void t.test('wrong usage is exit code 2', async t => {
  for (const flags of [['--replicas', '0'], ['--replicas', 'many'], ['-o', 'csv'], ['--color']]) {
    t.equal((await admit(t, '', ...flags)).code, 2, flags.join(' '))
  }
})

void t.test('files and folders that cannot be read are all told at once, and nothing is printed: exit code 2', async t => {
  const folder = join(t.testdir({}), 'folder')
  const { code, out, err } = await runCommand(['admit', '--manifests', folder, '/no/such/file', t.testdirName, '-'])
  t.same({ code, out }, { code: 2, out: '' })
  t.match(err.trimEnd().split('\n'), [
    /^versprei admit: \/no\/such\/file cannot be read: ENOENT/, /^versprei admit: .* cannot be read: EISDIR/,
    /^versprei admit: --manifests: .*folder cannot be read: ENOENT.*; a folder of YAML files is wanted$/,
  ])
  t.match(await runCommand(['admit', '--kubeconfig', '/no/such/file']), { code: 2, err: /kubeconfig \/no\/such\/file cannot be read/ })
})

void t.test('the sample of the README', async t => {
  const samples = join(import.meta.dirname, '../../config/samples')
  const { out } = await runCommand(['admit', '--manifests', samples], { stdin: await readFile(join(samples, 'nginx-workload.yaml'), 'utf8') })
  t.equal(out.match(/type-default/gu)?.length, 8)
  t.equal(out.match(/type-spot/gu)?.length, 2)
})

void t.test('what a terminal would obey is shown, and not obeyed', async t => {
  const { code, err } = await runCommand(['admit', '--manifests', t.testdir(distributors), '\u001B[2J\nx.yaml'])
  t.equal(code, 2)
  t.match(err, /^versprei admit: \\x1b\[2J\\x0ax\.yaml cannot be read: [^\p{Cc}]+\n$/u)
})
