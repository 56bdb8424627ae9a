import t from 'tap'
import { assignPods } from '../../src/survey/assign.ts'
import type { ClusterState } from '../../src/survey/cluster-state.ts'
import { anOwner, aPod, aRevision, aState, by } from './state.ts'

const told = (state: Partial<ClusterState>) => {
  const { workloads, orphans, others } = assignPods(aState(state))
  const names = (pods: readonly { readonly name: string }[]): string => pods.map(({ name }) => name).join(' ')
  return {
    workloads: workloads.map(({ workload, pods }) => `${workload.kind} ${workload.namespace}/${workload.name}: ${names(pods)}`.trimEnd()),
    orphans: names(orphans), others: names(others),
  }
}

const web = anOwner('Deployment', 'web')
const web1 = aRevision(web, 'web-1')

void t.test('two Deployments whose names and labels are alike keep their pods apart: uids alone count', async t => {
  const labels = { app: 'web' }
  const twin = anOwner('Deployment', 'web-1', { labels })
  const twin1 = { ...aRevision(twin, 'web-1-1'), labels }
  const again = anOwner('Deployment', 'web', { uid: 'another', namespace: 'other' })
  const again1 = { ...aRevision(again, 'web-1'), uid: 'another-1' }
  t.strictSame(told({
    owners: [{ ...web, labels }, web1, twin, twin1, again, again1],
    pods: [
      aPod('web-1-a', web1, 'n1', { labels }), aPod('web-1-1-a', twin1, 'n1', { labels }), aPod('web-1-b', web1, 'n1', { labels }),
      aPod('web-1-c', again1, 'n1', { labels, namespace: 'other' }),
    ],
  }), {
    workloads: ['Deployment shop/web: web-1-a web-1-b', 'Deployment shop/web-1: web-1-1-a', 'Deployment other/web: web-1-c'], orphans: '', others: '',
  })
})

void t.test('pods of every ReplicaSet of a Deployment are its pods, those of old ones too', async t => {
  const web2 = aRevision(web, 'web-2')
  t.strictSame(told({ owners: [web, web1, web2], pods: [aPod('old', web1, 'n1'), aPod('new', web2, 'n1')] }),
    { workloads: ['Deployment shop/web: old new'], orphans: '', others: '' })
})

void t.test('orphans: nobody controls them, or some owner of theirs is not there', async t => {
  const gone = anOwner('Deployment', 'gone')
  const left = aRevision(gone, 'gone-1')
  const foreign = { ...aRevision(web, 'web-9'), namespace: 'other' }
  t.strictSame(told({
    owners: [web, web1, left, foreign],
    pods: [
      aPod('bare', undefined, 'n1'), aPod('of-no-replica-set', anOwner('ReplicaSet', 'web-0'), 'n1'), aPod('of-no-deployment', left, 'n1'),
      // Same name, made anew: another uid.
      aPod('of-the-one-before', { ...web1, uid: 'before' }, 'n1'), aPod('of-another-namespace', foreign, 'n1'), aPod('own', web1, 'n1'),
    ],
  }), {
    workloads: ['Deployment shop/web: own'], orphans: 'bare of-no-replica-set of-no-deployment of-the-one-before of-another-namespace', others: '',
  })
})

void t.test('what was not asked for is no orphan, nor is what may be there', async t => {
  const daemon = { group: 'apps', kind: 'DaemonSet', name: 'd', uid: 'd' }
  const own = anOwner('ReplicaSet', 'own', { isAsked: false })
  const pods = [
    aPod('of-daemon', daemon, 'n1'), aPod('of-node', { group: '', kind: 'Node', name: 'n1', uid: 'x' }, 'n1'), aPod('of-own', own, 'n1'),
    aPod('of-hidden', anOwner('Deployment', 'hidden'), 'n1'),
  ]
  t.strictSame(told({ owners: [own], pods, wholeKinds: ['apps/ReplicaSet'] }),
    { workloads: [], orphans: '', others: 'of-daemon of-node of-own of-hidden' })
})

void t.test('of several owners that were asked for the topmost counts', async t => {
  const nightly = anOwner('CronJob', 'nightly')
  const run = anOwner('Job', 'nightly-1', { owner: by(nightly) })
  const once = anOwner('Job', 'once')
  const pods = [aPod('a', run, 'n1'), aPod('b', once, 'n1')]
  t.strictSame(told({ owners: [nightly, run, once], pods }).workloads, ['CronJob shop/nightly: a', 'Job shop/nightly-1:', 'Job shop/once: b'])
  t.strictSame(told({ owners: [run, once], pods }).workloads, ['Job shop/nightly-1: a', 'Job shop/once: b'], 'Jobs alone: those of a CronJob, too')
})

void t.test('owners in a circle are owners that lead nowhere', async t => {
  const a = anOwner('ReplicaSet', 'a', { isAsked: false, owner: by(anOwner('ReplicaSet', 'b')) })
  const b = anOwner('ReplicaSet', 'b', { isAsked: false, owner: by(a) })
  t.strictSame(told({ owners: [a, b], pods: [aPod('p', a, 'n1')] }), { workloads: [], orphans: '', others: 'p' })
})
