import { usualNamespace } from '../../controllers/installed-names.ts'
import { listDistributor } from '../../placement/distributor/listed.ts'
import { calledBy, namespaceOf, type Called } from '../called.ts'
import { judgeAccount, rightsToAsk, subjectOf, usualSecret } from './account.ts'
import type { Api } from './api.ts'
import { askAccount, askOwn } from './ask-rights.ts'
import type { Asked } from './asked.ts'
import { judgeClock } from './clock.ts'
import { offsetOf } from './clock-offset.ts'
import { judgeCluster } from './cluster.ts'
import { judgeCrd } from './crd.ts'
import { judgeDistributors, readJudged } from './distributors.ts'
import { judgeTrial } from './dry-run.ts'
import { judgeEndpoints } from './endpoints.ts'
import { isTrusted } from './evidence.ts'
import { judgeFailOpen } from './fail-open.ts'
import { installationOf } from './installation.ts'
import { installedBy } from './installed-by.ts'
import { judgeLeader, leaderOffset } from './leader.ts'
import type { Line } from './line.ts'
import { lookAtLease, type Timing } from './look-at-lease.ts'
import { judgePolicy } from './policy.ts'
import { entryIn, judgeRegistration } from './registration.ts'
import { judgeReplicas } from './replicas.ts'
import { clusterReads, judgeRights, namespaceReads, reviews } from './rights.ts'
import { seeSecret, seeServed } from './see-certificates.ts'
import { readShipped } from './shipped.ts'
import { judgeCertificate, judgeTrust } from './trust.ts'
import { tryPlacing } from './try-placing.ts'

export interface Subject {
  /** Of Versprei; undefined: that of the Service that is called, else versprei-system. */
  readonly namespace: string | undefined
  /** Undefined: that of the Deployment, else versprei. */
  readonly serviceAccount: string | undefined
}

/** Looks at a cluster, and tells each thing on a line; one alone where the cluster is not reached. Nothing is changed. */
export async function examine(api: Api, server: string, subject: Subject, timing: Timing): Promise<readonly Line[]> {
  const version = await api.text('/version')
  const cluster = judgeCluster(server, version)
  if (version.kind === 'failed' || version.kind === 'absent') return [cluster]
  const [crd, registration, policy, bindings, distributors, metrics, shipped] = await Promise.all([
    api.read(clusterReads.crd), api.read(clusterReads.registration), api.read(clusterReads.policy), api.read(clusterReads.bindings),
    api.listAll(clusterReads.distributors, object => readJudged(object, listDistributor)), api.text('/metrics'), readShipped(),
  ])
  const called = calledBy(entryIn(registration))
  const namespace = subject.namespace ?? namespaceOf(called) ?? usualNamespace
  const [own, trial] = await Promise.all([
    examineNamespace(api, { called, namespace, account: subject.serviceAccount, registration }, timing),
    tryPlacing(api, distributors, namespace),
  ])
  const { user } = subjectOf(namespace, own.account)
  // An object tells itself how it came; one that is not there, by the others.
  const by = (object: Asked) => installedBy([object, own.deployment, registration], namespace)
  return [
    cluster, judgeClock(offsetOf(api.samples()), own.leaderOffset), ...own.lines, judgeCrd(crd, shipped.crd, by(crd)),
    judgeRegistration(registration, own.installation?.selected, by(registration)),
    judgePolicy({ policy, bindings, user, mayPatch: own.mayPatch, shipped: shipped.policy, by: by(policy) }),
    judgeDistributors(distributors), judgeTrial(trial),
    judgeFailOpen(metrics),
  ]
}

interface Where {
  readonly called: Called | undefined
  readonly namespace: string
  readonly account: string | undefined
  readonly registration: Asked
}

/** What is in Versprei's namespace, and who is asked about by what is there. */
async function examineNamespace(api: Api, { called, namespace, account: given, registration }: Where, timing: Timing) {
  const deployment = await api.read(namespaceReads(namespace, { account: '', secret: '' }).deployment)
  const installation = installationOf(deployment)
  const by = installedBy([deployment, registration], namespace)
  const account = given ?? installation?.serviceAccount ?? 'versprei'
  const secretName = installation?.certificateSecret ?? usualSecret
  const reads = namespaceReads(namespace, { account, secret: secretName, service: called?.kind === 'service' ? called : undefined })
  const [service, slices] = await Promise.all([
    api.read(reads.service), api.read(reads.slices, { labelSelector: `kubernetes.io/service-name=${reads.service.name}` }),
  ])
  const served = await seeServed(called, service, slices)
  const { secret: secretRead, ...others } = reads
  // It holds private keys, too: it is read only where nothing else tells what is served.
  const needsSecret = called?.kind !== 'url' && (served.length === 0 || !served.every(isTrusted))
  const own = [...Object.values(clusterReads), ...Object.values(others), ...(needsSecret ? [secretRead] : []), reviews.others]
  const [pods, looks, accountFound, secret, held, rights] = await Promise.all([
    api.read(reads.pods, { labelSelector: 'app.kubernetes.io/name=versprei' }), lookAtLease(api, reads.lease, timing),
    api.read(reads.account), needsSecret ? api.read(secretRead) : { kind: 'absent' } as const,
    askAccount(api, rightsToAsk(namespace, installation), subjectOf(namespace, account)), askOwn(api, own),
  ])
  const where = `${namespace}/${secretName}`
  const trust = { called, served, secret: seeSecret(secret, where, called), secretName: where }
  const patch = held.find(({ neededFor }) => neededFor === 'adoption')?.isHeld
  return {
    account, deployment, installation, leaderOffset: looks.kind === 'found' ? leaderOffset(looks.value) : undefined,
    mayPatch: patch?.kind === 'found' ? patch.value : undefined,
    lines: [
      judgeRights(rights), judgeEndpoints(called, service, slices, by), judgeTrust(trust), judgeCertificate(trust, timing.now()),
      judgeReplicas({ called, deployment, pods, namespace, by }), judgeLeader(looks, called, `${namespace}/versprei`),
      judgeAccount({ called, namespace, name: account, account: accountFound, held, installation, by }),
    ],
  }
}
