import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { isDeepStrictEqual } from 'node:util'
import t, { type Test } from 'tap'
import type { Survey } from '../../src/survey/finding.ts'
import { callApi, kubectl, metric, requestApi } from './cluster.ts'
import { countStanding, type Counted, type CountedAll } from './count-standing.ts'
import { gather, gatherOddities } from './crowd.ts'

interface Ran {
  readonly code: number | null
  readonly survey: Survey
  /** But for how far it was. */
  readonly err: string
  readonly progress: readonly string[]
  readonly milliseconds: number
  /** The most memory that it had at one time. */
  readonly mebibytes: number
}

const isProgress = /^versprei detect: reading: .*\n/gmu
const zone = 'topology.kubernetes.io/zone'
/** Tells at the end how much memory was taken: `ru_maxrss`, in KiB. */
const gauge = 'data:text/javascript,import{writeSync}from"node:fs";process.on("exit",()=>writeSync(3,String(process.resourceUsage().maxRSS)))'

/** The program itself, as a person runs it. */
const detect = async (args: readonly string[], kubeconfig = process.env['KUBECONFIG'] ?? ''): Promise<Ran> => {
  const begin = performance.now()
  const child = spawn(process.execPath, ['--import', gauge, join(import.meta.dirname, '../../src/main.ts'), 'detect', '-o', 'json', ...args], {
    env: { KUBECONFIG: kubeconfig }, stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve, reject) => { child.on('error', reject).on('close', resolve) })
  const streams = [child.stdout, child.stderr, child.stdio[3]]
  const [out, err, size] = await Promise.all(streams.map(stream => text(stream instanceof Readable ? stream : Readable.from([]))))
  const code = await ended
  const milliseconds = performance.now() - begin
  const survey: Survey = JSON.parse(out || '{"findings":[],"unassigned":{"orphans":[],"otherKinds":0},"missing":[]}')
  const [progress, said] = [(err ?? '').match(isProgress) ?? [], (err ?? '').replaceAll(isProgress, '')]
  return { code, survey, err: said, progress, milliseconds, mebibytes: Number(size) / 1024 }
}

/** A survey as the other way of counting has it. */
const counted = ({ findings, unassigned }: Survey): CountedAll => ({
  deployments: findings.map(({ workload, wanted = 0, byNode, apart, revisions, nodes, topology }): Counted => ({
    name: `${workload.namespace}/${workload.name}`, wanted, apart, revisions,
    byNode: Object.fromEntries(byNode.map(({ domain, pods }) => [domain, pods] as const).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    survives: nodes.untilNone, survivesBudget: nodes.untilTooFew?.losses, zones: topology?.domains ?? 0, survivesZones: topology?.untilNone,
  })).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  orphans: unassigned.orphans, others: unassigned.otherKinds,
})

const namespaces = await gather(t)
const { namespace: odd, loseNode } = await gatherOddities(t)

/** Pods come and go between the two counts: they are to agree within a few tries. */
const agree = async (namespace?: string): Promise<{ readonly expected: CountedAll, readonly ran: Ran }> => {
  const args = ['--topology', zone, ...namespace === undefined ? [] : ['-n', namespace]]
  for (let left = 5; ; left--) {
    const [expected, ran] = [await countStanding(namespace), await detect(args)]
    if (left === 0 || isDeepStrictEqual(counted(ran.survey), expected)) return { expected, ran }
  }
}

void t.test('200 Deployments, 5,000 pods, 100 nodes: the answers are those of another count over kubectl get -o json', async t => {
  const { expected, ran } = await agree()
  t.strictSame(counted(ran.survey), expected)
  t.equal(ran.code, 0)
  t.ok(expected.deployments.length >= 204, `${expected.deployments.length} Deployments`)
  const oddities = new Map(expected.deployments.filter(({ name }) => name.startsWith(odd))
    .map(one => [one.name.slice(odd.length + 1), one]))
  const apart = (name: string) => Object.values(oddities.get(name)?.apart ?? {}).map(({ length }) => length)
  t.strictSame({ revisions: oddities.get('rolling')?.revisions, nowhere: apart('nowhere'), leaving: apart('leaving') },
    { revisions: 2, nowhere: [2, 0, 0, 0], leaving: [1, 1, 0, 0] }, 'pending, leaving, finished, node gone')
  t.strictSame({ orphans: expected.orphans, others: expected.others }, { orphans: [`${odd}/bare`], others: 3 })
})

void t.test('the worst come first', async t => {
  const { survey: { findings } } = await detect([])
  const ranks = findings.map(({ isOnSingleNode, shared, nodes }) => [isOnSingleNode ? 0 : shared.length > 0 ? 1 : 2, nodes.untilNone ?? Infinity] as const)
  t.strictSame(ranks, ranks.toSorted(([a, b], [c, d]) => a - c || (b === d ? 0 : b - d)))
  t.same(new Set(ranks.map(([rank]) => rank)), new Set([0, 1, 2]), 'there are some of each')
})

void t.test('5,000 pods are read within 3 s and 200 MiB, in pages of 500', async t => {
  const lists = () => metric('apiserver_request_total', { resource: 'pods', verb: 'LIST' })
  const runs: Ran[] = []
  const before = await lists()
  for (let left = 5; left > 0; left--) runs.push(await detect([]))
  const pages = (await lists() - before) / runs.length
  t.ok(pages >= 11 && pages < 13, `${pages} lists of pods each time`)
  const [fastest = Infinity] = runs.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b)
  const most = Math.max(...runs.map(({ mebibytes }) => mebibytes))
  t.comment(`fastest of five ${fastest.toFixed(0)} ms; at most ${most.toFixed(0)} MiB`)
  t.ok(fastest <= 3000, `${fastest.toFixed(0)} ms`)
  t.ok(most > 40 && most <= 200, `${most.toFixed(0)} MiB`)
  for (const { err, progress, milliseconds } of runs) t.ok(err === '' && (progress.length === 0 || milliseconds > 1000), progress.join(''))
})

void t.test('pods whose node is gone are told apart', async t => {
  await loseNode()
  const { expected, ran } = await agree(odd)
  t.strictSame(counted(ran.survey), expected)
  const lost = expected.deployments.find(({ name }) => name === `${odd}/lost`)
  t.strictSame({ stands: lost?.byNode, gone: lost?.apart.nodeGone.length }, { stands: {}, gone: 2 })
})

void t.test('a selector is of the labels of workloads, and one that is wrong is told', async t => {
  const { survey, code } = await detect(['-l', 'parity=even'])
  t.equal(code, 0)
  t.strictSame(new Set(survey.findings.map(({ wanted = 1 }) => wanted % 2)), new Set([0]))
  const wrong = await detect(['-l', 'parity in even'])
  t.equal(wrong.code, 2)
  t.match(wrong.err, /^versprei detect: -l "parity in even" is no selector of labels: GET \S+: 400 BadRequest: unable to parse requirement: .+\n$/u)
  const absent = await detect(['--kind', 'Rollout'])
  t.strictSame({ code: absent.code, err: absent.err }, { code: 1, err: 'versprei detect: not read: rollouts.argoproj.io: this cluster does not have them\n' })
})

/** A kubeconfig of a ServiceAccount that may view these namespaces, and of the whole cluster what is listed. */
const viewer = async (t: Test, name: string, views: readonly string[], resources: readonly string[]): Promise<string> => {
  const group = 'rbac.authorization.k8s.io'
  const subjects = [{ kind: 'ServiceAccount', name, namespace: odd }]
  await requestApi('POST', `/api/v1/namespaces/${odd}/serviceaccounts`, { body: { metadata: { name } } })
  for (const namespace of views) {
    await requestApi('POST', `/apis/${group}/v1/namespaces/${namespace}/rolebindings`, {
      body: { metadata: { name }, roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'view' }, subjects },
    })
  }
  const role = `versprei-test-${name}-${odd}`
  for (const kind of ['clusterroles', 'clusterrolebindings']) t.teardown(() => callApi('DELETE', `/apis/${group}/v1/${kind}/${role}`))
  await requestApi('POST', `/apis/${group}/v1/clusterroles`, {
    body: { metadata: { name: role }, rules: resources.map(one => ({ apiGroups: [''], resources: [one], verbs: ['list'] })) },
  })
  await requestApi('POST', `/apis/${group}/v1/clusterrolebindings`, {
    body: { metadata: { name: role }, roleRef: { apiGroup: group, kind: 'ClusterRole', name: role }, subjects },
  })
  const { status } = await requestApi<{ readonly status: { readonly token: string } }>(
    'POST', `/api/v1/namespaces/${odd}/serviceaccounts/${name}/token`, { body: { spec: {} } })
  const config = JSON.parse(await kubectl('config', 'view', '--raw', '--minify', '--flatten', '--output=json'))
  const file = join(t.testdir({}), 'kubeconfig')
  await writeFile(file, JSON.stringify({ ...config, users: [{ name: config.users[0].name, user: { token: status.token } }] }))
  return file
}

void t.test('without a right the rest is shown, what is missing is said, and the exit code is 1', async t => {
  const [first = '', second = '', third = ''] = namespaces
  const expected = (await countStanding()).deployments.filter(({ name }) => [first, second].some(one => name.startsWith(`${one}/`)))
  const nodes = 'nodes: you may not list them; which of them are gone, their labels and their room are not known'
  const all = 'you may not list deployments.apps, poddisruptionbudgets.policy, pods, replicasets.apps'

  const some = await viewer(t, 'some', [first, second], [])
  const asked = await detect(['-n', `${first},${second},${third}`], some)
  const zoneless = expected.map(one => ({ ...one, zones: 0, survivesZones: undefined }))
  t.strictSame({ code: asked.code, deployments: counted(asked.survey).deployments }, { code: 1, deployments: zoneless })
  t.strictSame(asked.survey.missing, [nodes, `namespace ${third}: ${all}`])
  t.equal(asked.err, asked.survey.missing.map(line => `versprei detect: not read: ${line}\n`).join(''))
  const nothing = await detect([], some)
  t.strictSame({ code: nothing.code, findings: nothing.survey.findings, lines: nothing.survey.missing.length }, { code: 1, findings: [], lines: 5 })

  const withNames = await viewer(t, 'with-names', [first, second], ['namespaces', 'nodes'])
  const tried = await detect(['--topology', zone], withNames)
  t.strictSame({ code: tried.code, deployments: counted(tried.survey).deployments }, { code: 1, deployments: expected })
  t.ok(tried.survey.missing.includes(`namespace ${third}: ${all}`))
  t.notOk(tried.survey.missing.some(line => line.includes(first) || line.includes(second) || line.startsWith('nodes')))
})
