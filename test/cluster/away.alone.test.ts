import t from 'tap'
import { createNamespace, readApi, waitFor, type Pod } from './cluster.ts'
import { startReplicas } from './replicas.ts'
import { deploy, distribute, manyDeployments, scaleTo, sequenceOf, type Shape } from './shapes.ts'
import { notExact, notRanked, readStandings, strays, waitSettled, type Standing } from './standing.ts'

interface Distributor { readonly status?: { readonly pods?: number, readonly strays?: number } }

const shape: Shape = { ...manyDeployments(2), name: 'two Deployments' }
const ownerOf = (pod: Pod & { readonly metadata: { readonly ownerReferences?: readonly { readonly uid: string }[] } }) =>
  pod.metadata.ownerReferences?.[0]?.uid ?? ''

/** What scaling in leaves where each group's pods hold its first seats: the lowest of the seats that are held. */
function lowest({ pods, counts }: Standing, left: number): Readonly<Record<string, number>> {
  const names = Object.keys(shape.claims)
  const sequence = sequenceOf(shape, ownerOf(pods[0]!))
  const taken = names.map(name => counts[name] ?? 0)
  const held = names.flatMap((name, group) =>
    Array.from({ length: taken[group]! }, (_, rank) => ({ name, seat: sequence.seatOf(group, rank, taken) })))
  const stay = held.toSorted((a, b) => a.seat - b.seat).slice(0, left)
  return Object.fromEntries(names.map(name => [name, stay.filter(one => one.name === name).length]))
}

const countsOf = (standings: readonly Standing[]) => Object.fromEntries(standings.map(({ deployment, counts }) => [deployment, counts]))
const total = (standings: readonly Standing[]) => standings.reduce((sum, { pods }) => sum + pods.length, 0)

void t.test('pods that came while Versprei was away are adopted within a minute of its return, and the shares are exact again', async t => {
  const namespace = await createNamespace(t)
  const read = () => readStandings(namespace, shape)
  const scaleBoth = async (first: number, second: number) => {
    await Promise.all([scaleTo(namespace, 'web-0', first), scaleTo(namespace, 'web-1', second)])
    await waitSettled(namespace)
  }
  const replicas = await startReplicas(t, 3, { flags: ['--drain', '1'] })
  await distribute(namespace, shape)
  await waitFor('every replica knows the distributor', async () => await replicas.sum('versprei_distributors', { state: 'valid' }) === 3)
  await deploy(namespace, shape)
  await waitSettled(namespace)
  t.same(notExact(shape, await read()), [], 'all stand right before')

  await replicas.stop()
  await scaleBoth(40, 20)
  t.equal(strays(await read()).length, 40, 'while it is away every new pod is created, and none is placed')

  await replicas.start(3)
  await waitFor('all are adopted', async () => strays(await read()).length === 0, { interval: 500 })
  await waitFor('each group\'s pods hold its first seats', async () => notRanked(shape, await read()).length === 0, { interval: 500 })
  const path = `/apis/versprei.versprei.io/v1beta1/namespaces/${namespace}/poddistributors/web`
  await waitFor('the status counts them', async () => {
    const status = (await readApi<Distributor>(path))?.status
    return status?.pods === total(await read()) && status.strays === 0
  })

  const adopted = await read()
  await scaleBoth(15, 15)
  const wanted = Object.fromEntries(adopted.map(standing => [standing.deployment, lowest(standing, 15)]))
  t.same(countsOf(await read()), wanted, 'the lowest seats stay')
  await scaleBoth(60, 60)
  t.same(notExact(shape, await read()).map(({ counts }) => counts), [], 'exact again at 60')
})
