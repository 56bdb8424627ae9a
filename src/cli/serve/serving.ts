import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { writeDistributorMetrics } from '../../admission/distributor-metrics.ts'
import { createMetrics, type MetricSources, type Metrics } from '../../admission/metrics.ts'
import { createOperationsServer } from '../../admission/operations.ts'
import { createRoute, type Route } from '../../admission/route.ts'
import { createAdmissionServer, type AdmissionServer, type Callers } from '../../admission/server.ts'
import { isNamed } from '../../certificates/client-authority.ts'
import { followCertificates, type FollowedCertificates } from '../../certificates/follow.ts'
import { createFindings, type Findings } from '../../controllers/findings.ts'
import { createTrustedPair, type TrustedPair } from '../../controllers/trusted-pair.ts'
import type { Decision } from '../../placement/decide.ts'
import { createKnowledge, type Knowledge } from '../../placement/knowledge.ts'
import { skip, skipRequest, type Request } from '../../placement/scope.ts'
import { createOwnRace, type OwnRace } from '../../placement/seats/own-race.ts'
import type { Configuration } from '../configuration.ts'
import { readVersion } from '../package-version.ts'
import { samplesOf } from './distributor-samples.ts'
import { nobodyElse, nobodyYet, type Peers } from './peers.ts'
import type { Prepared } from './prepare.ts'
import { repeat } from './repeat.ts'
import type { Sources } from './sources.ts'

/** What changes while it runs. */
export interface State {
  draining: boolean
  sources: Sources | undefined
  peers: Peers
  /** When the leader's watch for Ready pods last heard of the API server; undefined where there is none. Milliseconds since 1970. */
  readinessContact: () => number | undefined
  /** Whether calls have to come here still while it drains, since there may be no other replica. */
  isNeeded: () => boolean
}

/** The servers and what they answer by; they do not listen yet. */
export interface Serving extends Pick<ServingOptions, 'mayBeLate'> {
  readonly knowledge: Knowledge
  readonly findings: Findings
  readonly state: State
  readonly metrics: Metrics
  readonly ownRace: OwnRace
  readonly route: Route
  readonly certificates: FollowedCertificates
  /** Of those the one that is served. */
  readonly trustedPair: TrustedPair
  readonly admission: AdmissionServer
  readonly operations: FastifyInstance
}

export interface ServingOptions {
  readonly configuration: Configuration
  readonly prepared: Prepared
  readonly log: Logger
  /** Whether what is read now may have come so long ago that nobody waits for it. */
  readonly mayBeLate: () => boolean
  /** Whether there is an API server that would refuse what it does not trust. */
  readonly isJudged: boolean
  /** Called when there is another pair of certificate and authority, whether it is served yet or not. */
  readonly onCertificate: () => Promise<void>
  /** Called when the API server does not trust what is served. */
  readonly onDistrusted: () => void
}

export async function createServing(
  { configuration, prepared, log, mayBeLate, isJudged, onCertificate, onDistrusted }: ServingOptions,
): Promise<Serving> {
  const knowledge = createKnowledge(prepared.ownNamespace)
  const findings = createFindings(() => performance.now())
  const state: State = {
    draining: false, sources: undefined, peers: prepared.leaseNamespace === undefined ? nobodyElse : nobodyYet,
    readinessContact: () => undefined, isNeeded: () => false,
  }
  const certificates = await followCertificates({
    folder: configuration.certificates, hosts: prepared.hosts, now: () => new Date(), repeat,
    onChange: async pair => {
      trustedPair.offer(pair)
      await onCertificate()
    },
    onTrouble: err => log.error({ err }, 'certificates'),
  })
  const trustedPair = createTrustedPair({
    initial: certificates.current, isJudged, onDistrusted, now: () => new Date(), elapsed: () => performance.now(),
    serve(pair) {
      admission.useCertificate(pair)
      log.info({ fingerprint: pair.fingerprint, notAfter: pair.notAfter }, 'serving with a new certificate')
    },
    onUnfit: err => log.error({ err }, 'the new certificate cannot be served with; the old one stays'),
  })
  const certificateEnd = () => trustedPair.served().notAfter
  const metrics = createMetrics({ ...sourcesOfMetrics(knowledge, state, certificateEnd), version: await readVersion() })
  const ownRace = createOwnRace()
  const route = createRoute({
    knowledge, ownRace, onOwnRace: metrics.countOwnRace, now: Date.now, forward: text => state.peers.forward(text),
    lead: {
      isLeading: () => state.peers.lead.isLeading(), other: () => state.peers.lead.other(), settling: () => state.peers.lead.settling(),
    },
    onDecision: ({ namespace }, decision) => noteComplaint(findings, namespace, decision),
  })
  const admission = createAdmissionServer({
    tls: certificates.current, callers: callersOf(configuration, prepared), log, elapsed: () => performance.now(),
    isDraining: () => state.draining, mayBeLate,
    count: metrics.countDecision, countError: metrics.countHttpError,
    decide: (request, text) =>
      (state.sources?.isSynced() === true ? route.here(request, text) : decideUnsynced(knowledge, state, request, text)),
  })
  const operations = createOperationsServer({
    registry: metrics.registry, unready: () => unready(state, trustedPair), log, elapsed: () => performance.now(),
    more: async () =>
      (configuration.distributorMetrics && state.peers.lead.mayWrite() ? writeDistributorMetrics(samplesOf(knowledge)) : ''),
  })
  return { mayBeLate, knowledge, findings, state, metrics, ownRace, route, certificates, trustedPair, admission, operations }
}

function callersOf({ clientNames }: Configuration, { clientAuthorities: ca }: Prepared): Callers | undefined {
  return ca === undefined ? undefined : { ca, isCaller: certificate => clientNames.length === 0 || isNamed(clientNames, certificate) }
}

/** What keeps it from being called; empty: it is ready. */
export function unready({ draining, isNeeded, sources, peers }: State, { isSettled }: Pick<TrustedPair, 'isSettled'>): readonly string[] {
  if (draining) return isNeeded() ? [] : ['it is about to end']
  const missing = (sources?.missing() ?? ['everything']).map(resource => `the first full list of ${resource} is not there yet`)
  if (missing.length > 0) return missing
  if (!peers.isSettled()) return ['it is not known yet which replica leads']
  return isSettled() ? [] : ['it has not been looked yet whether the API server trusts its certificate']
}

/** Before the first full lists a decision would rest on nothing: the leader decides, if there is one; else the pod is let through. */
function decideUnsynced({ ownNamespace }: Knowledge, { peers }: State, request: Request, text: string): ReturnType<Route['here']> {
  return skipRequest(request, ownNamespace)
    ?? peers.forward(text).then(answer => (answer === undefined ? skip('not-synced') : { kind: 'forwarded', answer }))
}

const complaintDetails = {
  OwnDeletionCost: 'pods have a deletion cost of their own: scaling in goes by that, and not by seats',
  NoOpenGroup: 'pods whose own nodeSelector or affinity rules out every group were created; they wait',
} as const

function noteComplaint(findings: Findings, namespace: string, decision: Decision): void {
  if (decision.kind !== 'place' || decision.complaint === undefined) return
  findings.note({ namespace, name: decision.distributor }, decision.complaint, complaintDetails[decision.complaint])
}

function sourcesOfMetrics(knowledge: Knowledge, state: State, certificateEnd: () => Date): Omit<MetricSources, 'version'> {
  return {
    distributors: () => {
      const all = [...knowledge.distributors.all()]
      const valid = all.filter(({ outcome }) => 'plan' in outcome).length
      return { valid, invalid: all.length - valid }
    },
    pods: () => knowledge.revisions.size().pods,
    nodes: () => knowledge.nodes.size(),
    reservations: () => knowledge.revisions.size().reservations,
    staleness() {
      const seen = state.readinessContact()
      return { ...state.sources?.staleness(), ...(seen === undefined ? {} : { readiness: Math.max(0, Date.now() - seen) / 1000 }) }
    },
    certificateEnd: () => certificateEnd().getTime() / 1000,
    isLeading: () => state.peers.lead.isLeading(),
    followers: () => state.peers.lead.followers().length,
  }
}
