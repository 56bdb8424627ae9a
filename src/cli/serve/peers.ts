import { randomUUID, X509Certificate } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import type { Logger } from 'pino'
import { answer } from '../../admission/answer.ts'
import { createBreaker } from '../../admission/breaker.ts'
import { createForward } from '../../admission/forward.ts'
import type { Metrics } from '../../admission/metrics.ts'
import { createPeerClient } from '../../admission/peer-client.ts'
import { createPeerServer, type PeerServer } from '../../admission/peer-server.ts'
import { peersIn, type NotLeader, type PeerTls } from '../../admission/peer.ts'
import type { CertificatePair } from '../../certificates/pair.ts'
import { followPeerCertificates, isPeer, peerName, toPeerPair } from '../../certificates/peers.ts'
import { monotonicClock } from '../../cluster/clock.ts'
import type { Connection } from '../../cluster/connection.ts'
import { createElection, type Election } from '../../cluster/election.ts'
import { versionNotes } from '../../cluster/lease-versions.ts'
import { certificatesIn } from '../../controllers/ca-bundle.ts'
import type { Follower } from '../../controllers/followers.ts'
import { leaseName } from '../../controllers/installed-names.ts'
import { alone, createLeadership, type Leadership } from '../../controllers/leadership.ts'
import type { Decision } from '../../placement/decide.ts'
import type { Knowledge } from '../../placement/knowledge.ts'
import type { Request } from '../../placement/scope.ts'
import type { Configuration } from '../configuration.ts'
import { readVersion } from '../package-version.ts'
import { listen } from './listen.ts'
import { repeat } from './repeat.ts'

/** The other replicas, and which of all leads. */
export interface Peers {
  readonly lead: Leadership
  /** Whether it is known who leads, or that nobody can be found. */
  readonly isSettled: () => boolean
  /** Call it when this replica could lead: looks who does, and leads if nobody does. Never rejects. */
  readonly settle: () => Promise<void>
  /** Has the leader decide; undefined when it did not. */
  readonly forward: (text: string) => Promise<string | undefined>
  /** Fingerprints of the authorities of the peers that it trusts, and of the certificate that it shows them. */
  readonly holds: () => readonly string[]
  /** Says goodbye: the Lease is released if it is ours, and nobody is answered any more. */
  readonly stop: () => Promise<void>
}

export interface PeersOptions {
  readonly configuration: Configuration
  readonly connection: Connection
  readonly leaseNamespace: string
  readonly knowledge: Knowledge
  readonly log: Logger
  readonly metrics: Pick<Metrics, 'countForward' | 'countPeerRefused' | 'countDecision'>
  /** Whether this replica could lead at once. */
  readonly isReady: () => boolean
  /** Fingerprint of the certificate that is served to the API server. */
  readonly served: () => string
  /** Decides what another replica forwarded. */
  readonly review: (request: Request) => Decision | NotLeader | Promise<Decision | NotLeader>
  /** Whether what is read now may have come so long ago that nobody waits for it. */
  readonly mayBeLate: () => boolean
  /** Called after it may be another who leads. */
  readonly onChange: () => void
}

/** How often a follower says hello to the leader, in milliseconds. */
const greetEvery = 2000

/** Without a Lease there is nobody else. */
export const nobodyElse: Peers = {
  lead: alone, isSettled: () => true, settle: () => Promise.resolve(), forward: () => Promise.resolve(undefined), holds: () => [],
  stop: () => Promise.resolve(),
}

/** Until it is known who leads, this replica does not. */
export const nobodyYet: Peers = { ...nobodyElse, isSettled: () => false, lead: { ...alone, isLeading: () => false, mayWrite: () => false } }

/** Listens to other replicas, and takes part in the election. Throws when it cannot listen. */
export async function startPeers(options: PeersOptions): Promise<Peers> {
  const { configuration, connection, leaseNamespace, knowledge, log, metrics, isReady, onChange } = options
  const certificates = await followPeerCertificates({
    certificates: configuration.certificates, now: () => new Date(), repeat,
    onChange: pair => {
      server.useCertificate(pair)
      client.useCertificate(pair)
    },
    onTrouble: err => log.error({ err }, 'certificates of the replicas'),
  })
  const tls = toPeerPair(certificates.current)
  const holds = (): readonly string[] => [...authoritiesOf(certificates.current), certificates.current.fingerprint]
  const client = createPeerClient({ tls, peerName, isPeer })
  let lead: Leadership = nobodyYet.lead
  const server = createServerFor(() => lead, tls, options)
  const port = Number(new URL(await listen(server.app, configuration.host, configuration.peerPort)).port)
  const version = await readVersion()
  const self = { identity: `${hostname()}_${randomUUID()}`, url: urlOf(peerHost(configuration), port), version }
  const election = createElection({
    connection, namespace: leaseNamespace, name: leaseName, candidate: self, notes: () => versionNotes(version, lead.followers()),
    mayLead: isReady, clock: monotonicClock,
    wallNow: () => Date.now(), random: Math.random, log,
    // A new leader is greeted at once: connections to it are to be there before the next burst.
    onChange: () => [onChange(), void lead.greet()],
  })
  lead = createLeadership({
    self, election, revisions: knowledge.revisions, isReady, holds: () => [options.served(), ...holds()], clock: monotonicClock, log,
    post: (url, path, body, timeout) => client.send(url, path, JSON.stringify(body), timeout), peersIn,
  })
  const forward = createForward({
    client, leader: () => lead.other(), breaker: answeredAt => createBreaker(() => performance.now(), answeredAt),
    elapsed: () => performance.now(),
    onResult: metrics.countForward, told: leader => election.follow(leader), lost: () => void election.look(),
  })
  election.start()
  const cancel = repeat(() => void lead.greet(), greetEvery)
  log.info({ ...self, lease: `${leaseNamespace}/${leaseName}` }, 'one of several replicas')
  return {
    lead, forward, holds, ...createOutset(election),
    async stop() {
      cancel()
      certificates.stop()
      await election.stop()
      await Promise.all([server.close(), client.close()])
    },
  }
}

/** What the others call. */
function createServerFor(lead: () => Leadership, tls: PeerTls, options: PeersOptions): PeerServer {
  const { log, metrics, mayBeLate } = options
  return createPeerServer({
    tls, isPeer, log, mayBeLate, elapsed: () => performance.now(), countRefusal: metrics.countPeerRefused,
    review: request => say(request, options),
    hello: follower => welcome(lead(), follower),
    lead: from => lead().takeLead(from),
    take: seats => lead().takeSeats(seats),
  })
}

function authoritiesOf({ ca = '' }: Pick<CertificatePair, 'ca'>): readonly string[] {
  return certificatesIn(ca).map(authority => new X509Certificate(authority).fingerprint256)
}

function createOutset(election: Election): Pick<Peers, 'isSettled' | 'settle'> {
  let isSettled = false
  return {
    isSettled: () => isSettled,
    async settle() {
      await election.look()
      // That look may have begun before we could lead: then a free Lease was left alone.
      if (election.leader() === undefined) await election.look()
      isSettled = true
    },
  }
}

function welcome(lead: Leadership, follower: Follower): NotLeader | { readonly peers: readonly Follower[] } {
  const peers = lead.hello(follower)
  return peers === undefined ? { leader: lead.other() } : { peers }
}

async function say(request: Request, { review, metrics }: PeersOptions): Promise<string | NotLeader> {
  const start = performance.now()
  const decision = await review(request)
  if ('leader' in decision) return decision
  metrics.countDecision(decision, (performance.now() - start) / 1000)
  return JSON.stringify(answer(request.uid, decision))
}

function urlOf(host: string, port: number): string {
  return `https://${isIPv6(host) ? `[${host}]` : host}:${port}`
}

/** An address that others can reach; where it listens on all of them, the first that is not this machine's alone. */
function peerHost({ peerHost: given, host }: Configuration): string {
  if (given !== undefined) return given
  if (host !== '::' && host !== '0.0.0.0') return host
  const addresses = Object.values(networkInterfaces()).flatMap(some => some ?? [])
  return addresses.find(({ internal, scopeid = 0 }) => !internal && scopeid === 0)?.address ?? '127.0.0.1'
}
