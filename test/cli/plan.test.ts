import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { writeKubeconfig } from './api-server.ts'
import { runCommand } from './run-command.ts'

const folder = {
  'all.yaml': `
apiVersion: versprei.versprei.io/v1beta1
kind: PodDistributor
metadata: {name: web, namespace: shop}
spec:
  target: {apiVersion: apps/v1, kind: Deployment, name: web}
  distribution:
  - {name: regular, nodeLabel: {type: default}, weight: 3}
  - {name: spot, nodeLabel: {type: spot}, weight: 1, max: 1}
---
apiVersion: versprei.versprei.io/v1beta1
kind: PodDistributor
metadata: {name: one, namespace: other}
spec:
  target: {apiVersion: apps/v1, kind: Deployment, name: one}
  distribution: [{name: only, nodeLabel: {a: b}, weight: 1}]
`,
}

void t.test('a distributor\'s counts at every size, its sequence and its bars', async t => {
  t.strictSame(await runCommand(['plan', 'web', '--manifests', t.testdir(folder), '--replicas', '8']), {
    code: 0,
    out: `shop/web: never more than 0.50 pods from the ideal

REPLICAS   LAST SEAT   REGULAR   SPOT   DEVIATION
1          regular     1         0      0.25
2          regular     2         0      0.50
3          spot        2         1      0.25
4          regular     3         1      0.00
5          regular     4         1      0.00
6          regular     5         1      0.00
7          regular     6         1      0.00
8          regular     7         1      0.00

GROUP     OF 8
regular   7      ███████████████████████████████████
spot      1      █████
`,
    err: '',
  })
})

const unnamed = `
apiVersion: versprei.versprei.io/v1beta1
kind: PodDistributor
metadata: {name: any, namespace: shop}
spec:
  target: {apiVersion: apps/v1, kind: Deployment}
  distribution: [{name: regular, nodeLabel: {type: default}, weight: 3}, {name: spot, nodeLabel: {type: spot}, weight: 1}]
`

void t.test('where workloads start at places of their own in the sequence, that is said in place of the bound', async t => {
  const cases = [
    { name: 'every workload of a kind', text: unnamed },
    { name: 'a CronJob, for its Jobs', text: unnamed.replace('apps/v1, kind: Deployment', 'batch/v1, kind: CronJob, name: nightly') },
  ]
  for (const { name, text } of cases) {
    const manifests = t.testdir({ 'any.yaml': text })
    const { code, out } = await runCommand(['plan', '--manifests', manifests, '--replicas', '1'])
    t.equal(code, 0)
    t.equal(out, `shop/any: each workload starts at another place in the sequence and is less than 2 pods from the ideal; from its start:

REPLICAS   LAST SEAT   REGULAR   SPOT   DEVIATION
1          regular     1         0      0.25

GROUP     OF 1
regular   1      ████████████████████████████████████████
spot      0
`, name)
    const json = JSON.parse((await runCommand(['plan', '--manifests', manifests, '--replicas', '1', '-o', 'json'])).out)
    t.strictSame(json, [{
      namespace: 'shop', distributor: 'any', sequence: ['regular'],
      sizes: [{ replicas: 1, pods: { regular: 1, spot: 0 }, deviation: 0.25 }],
    }], name)
  }
})

void t.test('-o json and yaml hold the same, for every distributor when none is named', async t => {
  const manifests = t.testdir(folder)
  const json = JSON.parse((await runCommand(['plan', '--manifests', manifests, '--replicas', '2', '-o', 'json'])).out)
  t.strictSame(json, [
    {
      namespace: 'shop', distributor: 'web', bound: 0.5, sequence: ['regular', 'regular'],
      sizes: [
        { replicas: 1, pods: { regular: 1, spot: 0 }, deviation: 0.25 }, { replicas: 2, pods: { regular: 2, spot: 0 }, deviation: 0.5 },
      ],
    },
    {
      namespace: 'other', distributor: 'one', bound: 0, sequence: ['only', 'only'],
      sizes: [{ replicas: 1, pods: { only: 1 }, deviation: 0 }, { replicas: 2, pods: { only: 2 }, deviation: 0 }],
    },
  ])
  t.strictSame(parse((await runCommand(['plan', '--manifests', manifests, '--replicas', '2', '-o', 'yaml'])).out), json)
  const other = JSON.parse((await runCommand(['plan', '--manifests', manifests, '-n', 'other', '-o', 'json'])).out)
  t.same(other.map(({ distributor }: { distributor: string }) => distributor), ['one'])
})

void t.test('an unknown name lists the known ones, a broken distributor its mistakes: exit code 1', async t => {
  t.match(await runCommand(['plan', 'nginx', '--manifests', t.testdir(folder)]), {
    code: 1, out: '', err: /there is no valid PodDistributor nginx; known: shop\/web, other\/one/,
  })
  const bad = folder['all.yaml'].replace('weight: 3', 'weight: -3').replaceAll('name: web', 'name: bad').replace(/---[^]*/u, '')
  const broken = t.testdir({ ...folder, 'broken.yaml': bad })
  t.match(await runCommand(['plan', 'web', '--manifests', broken]), {
    code: 1, out: /shop\/web/, err: /broken\.yaml: spec\.distribution\[0\]\.weight/,
  })
})

void t.test('a configuration that cannot be is exit code 2, as with the other commands', async t => {
  const folder = t.testdir({ file: '', manifests: {} })
  const kubeconfig = await writeKubeconfig(join(folder, 'kubeconfig'), 1)
  const cases: readonly { name: string, args: readonly string[], err: RegExp, environment?: Readonly<Record<string, string>> }[] = [
    { name: 'neither a cluster nor a folder', args: [], err: /no cluster: no kubeconfig/ },
    {
      name: 'a folder and a context', args: ['--manifests', '.', '--context', 'x'],
      err: /^versprei plan: --context: needs a cluster, and --manifests does without one; leave one of them out\n$/,
    },
    {
      name: 'the same by variables', args: [], environment: { VERSPREI_MANIFESTS: '.', VERSPREI_CONTEXT: 'x' },
      err: /^versprei plan: VERSPREI_CONTEXT: needs a cluster, and VERSPREI_MANIFESTS does without one; leave one of them out\n$/,
    },
    {
      name: 'empty ones', args: ['--kubeconfig', '', '--context', '', '--manifests', ''],
      err: /^versprei plan: --kubeconfig: "" is not a value: it is empty\n.* --context: "".*\n.* --manifests: "".*\n$/,
    },
    {
      name: 'no such folder, by variable', args: [], environment: { VERSPREI_MANIFESTS: join(folder, 'none') },
      err: /^versprei plan: VERSPREI_MANIFESTS: .*none cannot be read: ENOENT/,
    },
    {
      name: 'our variable before that of others', args: [], environment: { VERSPREI_KUBECONFIG: '/ours', KUBECONFIG: '/theirs' },
      err: /kubeconfig \/ours cannot be read/,
    },
    {
      name: 'no such folder', args: ['--manifests', join(folder, 'none')],
      err: /^versprei plan: --manifests: .*none cannot be read: ENOENT/,
    },
    { name: 'a file for a folder', args: ['--manifests', join(folder, 'file')], err: /ENOTDIR.*; a folder of YAML files is wanted\n$/ },
    { name: 'no such kubeconfig', args: ['--kubeconfig', '/no/such/file'], err: /kubeconfig \/no\/such\/file cannot be read/ },
    {
      name: 'the same by variable', args: [], environment: { KUBECONFIG: '/no/such/file' },
      err: /kubeconfig \/no\/such\/file cannot be read/,
    },
    { name: 'no such context', args: ['--kubeconfig', kubeconfig, '--context', 'x'], err: /no context "x"; there are: here/ },
    { name: 'a bad number', args: ['--replicas', 'x'], err: /must be a number from 1/ },
  ]
  for (const { name, args, err, environment } of cases) {
    t.match(await runCommand(['plan', ...args], { environment }), { code: 2, out: '', err }, name)
  }
})

void t.test('a cluster that does not answer is exit code 2, as for serve', async t => {
  const kubeconfig = await writeKubeconfig(join(t.testdir({}), 'kubeconfig'), 1)
  t.match(await runCommand(['plan', '--kubeconfig', kubeconfig]), { code: 2, err: /does not answer: .*ECONNREFUSED/ })
})
