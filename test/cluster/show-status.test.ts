import t, { type Test } from 'tap'
import { createNamespace, kubectl, requestApi, scale, waitFor, waitReady } from './cluster.ts'
import { runHere, startCommand } from './command.ts'
import { distributorOf, divide } from './divide.ts'
import { classic } from './fairness.ts'
import { create, pathOf } from './resources.ts'
import { workloadOf } from './workloads.ts'

interface Condition { readonly type: string, readonly status: string }
interface Distributor {
  readonly metadata: { readonly namespace: string, readonly name: string, readonly generation: number }
  readonly status?: {
    readonly observedGeneration: number, readonly pods?: number, readonly split?: string, readonly wanted?: string, readonly deviation?: string
    readonly conditions: readonly Condition[]
  }
}

const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
const half = { weight: 50, base: 0 }

/** A namespace with a Deployment that is divided 80:20, of so many pods. */
const openWeb = async (t: Test, replicas: number): Promise<string> => {
  const namespace = await createNamespace(t)
  await divide(namespace, { target, claims: classic })
  await create(namespace, workloadOf('Deployment', 'web', replicas))
  await waitReady(namespace, 'web', replicas)
  return namespace
}

/** What kubectl shows of a namespace, once all there is has been judged. */
const readAll = (namespaces: readonly string[]) => waitFor('all are judged', async () => {
  const all = await Promise.all(namespaces.map(async namespace => {
    const { items }: { items: readonly Distributor[] } = JSON.parse(await kubectl('get', 'poddistributors', '--namespace', namespace, '--output=json'))
    return items
  }))
  const late = all.flat().find(({ metadata, status }) => status?.observedGeneration !== metadata.generation)
  if (late !== undefined) throw new Error(`${late.metadata.namespace}/${late.metadata.name} is not`)
  return all.flat()
})

/** By its own account: the words of the command for what the conditions say. */
const troublesOf = ({ status }: Distributor): readonly string[] => {
  const says = (type: string, value: string) => status?.conditions.some(one => one.type === type && one.status === value) === true
  const isConflicted = says('Conflicted', 'True')
  return [
    ...(says('Ready', 'False') && !isConflicted ? ['invalid'] : []), ...(isConflicted ? ['conflicted'] : []),
    ...(says('Degraded', 'True') ? ['degraded'] : []), ...(says('Balanced', 'False') ? ['unbalanced'] : []),
  ]
}

void t.test('status shows the figures that kubectl shows, the worst deviation first, and what changes', async t => {
  const [well, off] = [await openWeb(t, 9), await openWeb(t, 10)]
  await create(off, distributorOf({ name: 'split-too', target, claims: classic }))
  await create(well, distributorOf({ name: 'nowhere', target: { ...target, name: 'other' }, claims: { nowhere: half } }))
  // Pods keep their groups when a weight changes: 8/2 where 5/5 is wanted.
  const { spec } = distributorOf({ target, claims: { default: half, spot: half } })
  await requestApi('PATCH', pathOf(off, 'PodDistributor', 'split'), { body: { spec } })
  const names = ['--namespace', `${well},${off}`]
  const shown = await waitFor('status and kubectl agree', async () => {
    const all = await readAll([well, off])
    const mine = all.map(({ metadata: { namespace, name }, status }) => ({
      namespace, name, pods: status?.pods, split: status?.split, wanted: status?.wanted, deviation: Number(status?.deviation),
    }))
    const { code, out, err } = await runHere(['status', '-o', 'json', ...names])
    const reports: readonly (typeof mine[number] & { readonly troubles: readonly string[] })[] = JSON.parse(out)
    const theirs = reports.map(({ namespace, name, pods, split, wanted, deviation }) => ({ namespace, name, pods, split, wanted, deviation }))
    const byName = (a: typeof mine[number], b: typeof mine[number]) => (`${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1)
    const same = JSON.stringify(mine.toSorted(byName)) === JSON.stringify(theirs.toSorted(byName))
    if (!same || code !== 0 || err !== '' || mine.every(({ deviation }) => deviation < 3)) throw new Error(`${JSON.stringify(mine)} ${out} ${err}`)
    const wanted = new Map(all.map(one => [`${one.metadata.namespace}/${one.metadata.name}`, troublesOf(one)]))
    return { reports, wanted }
  })
  const { reports, wanted } = shown
  t.strictSame(reports.map(({ namespace, name, deviation, troubles }) => ({ name, isOff: namespace === off, deviation, troubles })), [
    { name: 'split', isOff: true, deviation: 3, troubles: ['unbalanced'] },
    { name: 'split', isOff: false, deviation: 0.2, troubles: [] },
    { name: 'split-too', isOff: true, deviation: 0, troubles: ['conflicted'] },
    { name: 'nowhere', isOff: false, deviation: 0, troubles: ['degraded'] },
  ])
  for (const { namespace, name, troubles } of reports) t.strictSame(troubles, wanted.get(`${namespace}/${name}`), `${name} by its conditions`)

  const [heading = '', first = '', ...rest] = (await runHere(['status', ...names])).out.split('\n')
  t.match(heading, /^NAMESPACE +NAME +TARGET +PODS +SPLIT +WANTED +DEVIATION +STATE +CHANGED +WHY$/u)
  t.match(first, new RegExp(`^${off} +split +Deployment/web +10 +8/2 +5/5 +3\\.00 +unbalanced +\\d+s +3 pods stand wrong`, 'u'))
  t.equal(rest.at(-2), '4 PodDistributors, 3 off (1 conflicted, 1 degraded, 1 unbalanced); 19 pods placed')
  t.strictSame([(await runHere(['status', ...names, '--fail-on', 'unbalanced'])).code, (await runHere(['status', '-n', well, '--fail-on', 'unbalanced'])).code], [1, 0])
})

void t.test('status --watch shows what changes', async t => {
  const namespace = await openWeb(t, 5)
  await kubectl('wait', '--for=jsonpath={.status.pods}=5', 'pd/split', '--namespace', namespace, '--timeout=30s')
  const watching = startCommand(['status', '--watch', '-n', namespace])
  await waitFor('the table is there', () => watching.out().includes('1 PodDistributor, '))
  await scale(namespace, 'deployment/web', 10)
  await waitFor('the change is told', () => new RegExp(`\\n${namespace} +split +Deployment/web +10 +8/2 +8/2 +0\\.00 +balanced`, 'u').test(watching.out()))
  await requestApi('DELETE', pathOf(namespace, 'PodDistributor', 'split'))
  await waitFor('so is its end', () => watching.out().endsWith(`${namespace}/split was deleted\n`))
  t.match(await watching.end(), { code: 0, err: '' })
})
