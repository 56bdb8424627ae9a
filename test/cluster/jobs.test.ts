import t from 'tap'
import { phaseOf } from '../../src/placement/distributor/plan.ts'
import { createRandom } from '../model/random.ts'
import { createNamespace, kubectl, requestApi, waitFor } from './cluster.ts'
import { divide } from './divide.ts'
import { groupsOfSeats, standsBySequence } from './expect-sequence.ts'
import { classic, isFair, type Claims } from './fairness.ts'
import { printSeed } from './seed.ts'
import { create, pathOf, type Manifest } from './resources.ts'
import { countStanding, listStanding, type PodStanding } from './pod-standing.ts'
import { addSteadyNodes } from './steady-nodes.ts'
import { containers } from './workloads.ts'

const pools: Claims = { p1: { weight: 5, base: 0 }, p2: { weight: 3, base: 0 }, p3: { weight: 1, base: 0 } }

interface Job {
  readonly metadata: { readonly uid: string }
  readonly status?: { readonly succeeded?: number, readonly failed?: number }
}

const jobSpec = (spec: object) => ({ ...spec, template: { spec: { restartPolicy: 'Never', containers } } })
const jobOf = (name: string, spec: object): Manifest => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: jobSpec(spec) })

async function waitSucceeded(namespace: string, name: string, completions: number): Promise<Job> {
  return waitFor(`job ${name} has ${completions} completions`, async () => {
    const job = await requestApi<Job>('GET', pathOf(namespace, 'Job', name))
    if (job.status?.succeeded !== completions) throw new Error(JSON.stringify(job.status))
    return job
  }, { timeout: 120_000 })
}

/** The groups that a Job's indexes stood on, in order. */
function byIndex(pods: readonly PodStanding[], size: number): readonly string[] {
  const key = 'batch.kubernetes.io/job-completion-index'
  const groups = new Map(pods.map(({ metadata, group }) => [Number(metadata.annotations?.[key]), group]))
  return Array.from({ length: size }, (_, index) => groups.get(index) ?? `no pod ${index}`)
}

void t.test('an indexed Job of 100: each pod ran on the group of its index', async t => {
  const namespace = await createNamespace(t)
  await divide(namespace, { target: { apiVersion: 'batch/v1', kind: 'Job', name: 'render' }, claims: pools, key: 'pool' })
  await create(namespace, jobOf('render', { completions: 100, parallelism: 100, completionMode: 'Indexed' }))
  await waitSucceeded(namespace, 'render', 100)
  const pods = await listStanding(namespace, { key: 'pool' })
  t.equal(pods.length, 100)
  standsBySequence(t, pools, byIndex(pods, 100), 'by index')
})

const isRunning = ({ phase, terminating }: PodStanding) => phase !== 'Succeeded' && phase !== 'Failed' && !terminating

void t.test('a plain Job of 100, 20 at a time: whichever end, those that run are within the bound', async t => {
  const key = 'versprei-steady'
  const steady: Claims = { regular: { weight: 80, base: 0 }, cheap: { weight: 20, base: 0 } }
  const nodes = await addSteadyNodes(t, key, Object.keys(steady))
  const namespace = await createNamespace(t)
  const random = createRandom(printSeed(t))
  await divide(namespace, { target: { apiVersion: 'batch/v1', kind: 'Job', name: 'mill' }, claims: steady, key })
  await create(namespace, jobOf('mill', { completions: 100, parallelism: 20 }))
  let ended = 0
  while (ended < 100) {
    await nodes.beat()
    const wanted = Math.min(20, 100 - ended)
    const running = await waitFor(`${wanted} pods stand and have not ended`, async () => {
      const running = (await listStanding(namespace, { key })).filter(isRunning)
      return running.length === wanted && running.every(({ node }) => node !== undefined) && running
    })
    // Once no more come after those that end, what is left is what chance left.
    if (ended <= 80) isFair(t, steady, countStanding(running), `after ${ended} ended: `)
    const ending = ended >= 80 ? running : random.shuffle(running).slice(0, Math.min(random.below(20) + 1, 80 - ended))
    await Promise.all(ending.map(({ name }) =>
      requestApi('PATCH', `${pathOf(namespace, 'Pod', name)}/status`, { body: { status: { phase: 'Succeeded' } } })))
    ended += ending.length
  }
  await waitSucceeded(namespace, 'mill', 100)
  t.comment(`all that ran: ${JSON.stringify(countStanding(await listStanding(namespace, { key })))}`)
})

void t.test('a plain Job whose pods end at once runs every one of them in a group', async t => {
  const namespace = await createNamespace(t)
  await divide(namespace, { target: { apiVersion: 'batch/v1', kind: 'Job', name: 'quick' }, claims: classic })
  await create(namespace, jobOf('quick', { completions: 60, parallelism: 20 }))
  await waitSucceeded(namespace, 'quick', 60)
  const pods = await listStanding(namespace)
  t.equal(pods.length, 60)
  const counts = countStanding(pods)
  t.comment(`all that ran: ${JSON.stringify(counts)}`)
  t.same(Object.keys(counts).filter(group => classic[group] === undefined), [], 'none stood elsewhere')
  t.same(pods.filter(({ group, metadata }) => metadata.labels?.['versprei.io/group'] !== group), [], 'each ran where it was placed')
})

void t.test('the Jobs of a CronJob are its distributor\'s: each runs on its own part of the sequence', async t => {
  const namespace = await createNamespace(t)
  await divide(namespace, { target: { apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly' }, claims: classic })
  await create(namespace, {
    apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'nightly' },
    spec: {
      schedule: '0 0 1 1 *', suspend: true,
      jobTemplate: { spec: jobSpec({ completions: 20, parallelism: 20, completionMode: 'Indexed' }) },
    },
  })
  // Named and owned as the CronJob controller does it.
  for (const name of ['nightly-29000000', 'nightly-29001440']) {
    await kubectl('create', 'job', `--namespace=${namespace}`, '--from=cronjob/nightly', name)
    const { metadata: { uid } } = await waitSucceeded(namespace, name, 20)
    const pods = await listStanding(namespace, { selector: `job-name=${name}` })
    const phase = phaseOf(uid)
    t.same(byIndex(pods, 20), groupsOfSeats(classic, 20, phase), `${name}: seats ${phase} to ${phase + 19} of the sequence`)
    const off = Math.abs((countStanding(pods)['spot'] ?? 0) - 4)
    t.ok(off < 2, `${name}: a window of the sequence is less than 2 off`)
  }
})
