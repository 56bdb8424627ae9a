import { isMap } from '../placement/is-map.ts'
import type { Breaker } from './breaker.ts'
import type { PeerClient } from './peer-client.ts'
import { PeerError } from './peer-error.ts'
import { leaderIn, type Leader, type Peer } from './peer.ts'

/** What becomes of a review that is not ours to decide. For all but the first two this replica runs its own race. */
export const forwardResults = [
  /** The leader decided. */
  'answered',
  /** Another replica than the one we took for the leader decided: the latter knew better. */
  'redirected',
  /** No leader is known, or not where it is. */
  'no-leader',
  /** Not tried: the leader failed to answer within the last second, or a probe of it is under way. */
  'breaker-open',
  /** No answer in time. */
  'timeout',
  /** Nobody takes a connection at the leader's address. */
  'refused',
  /** The replica that was asked does not lead, and did not name another that does. */
  'not-leader',
  /** Anything else: the connection was cut, its certificate is not a peer's, the answer makes no sense. */
  'failed',
] as const

export type ForwardResult = (typeof forwardResults)[number]

export interface ForwardOptions {
  readonly client: Pick<PeerClient, 'send'>
  /** Whom this replica takes for the leader now; never itself. */
  readonly leader: () => Leader | undefined
  /** A closed breaker: each leader gets its own. @param answeredAt when any of them answered last, by `elapsed` */
  readonly breaker: (answeredAt: number) => Breaker
  /** Called once for each review, with the seconds it took. */
  readonly onResult: (result: ForwardResult, seconds: number) => void
  /** Called when a replica that was taken for the leader names another one. */
  readonly told: (leader: Peer) => void
  /** Called when whoever was taken for the leader does not lead, or is gone: who does is to be found out. At most twice a second. */
  readonly lost: () => void
  /** Milliseconds, monotonic. */
  readonly elapsed: () => number
}

/** The API server waits 3 s; a healthy leader answers in some milliseconds, and what has waited this long is better decided here. */
export const forwardLimit = 150
/** To find out who leads is a request to the API server, and in a burst hundreds of reviews come to nothing for the same reason. */
const lostEvery = 500
/** After a stall of our own the clock says that nothing is left, and the first replica has answered all the same. */
const leastForRedirect = 50

interface Outcome {
  readonly result: ForwardResult
  readonly answer?: string
  /** With 'not-leader': who is, by the one that was asked. */
  readonly leader?: Peer | undefined
}

/** The breakers of the leader and of whom it redirects to, by their address. */
function createBreakers(create: ForwardOptions['breaker'], elapsed: () => number) {
  let leader = ''
  /** In a burst a new leader may be as slow with its first answers as the one before was. */
  let answeredAt = -Infinity
  let breakers = new Map<string, Breaker>()
  return {
    /** A new leader's is closed, unless it just failed as the one whom the old leader named. */
    leadBy(url: string): void {
      if (url !== leader) breakers = new Map([...breakers].filter(([other]) => other === url))
      leader = url
    },
    of(url: string): Breaker {
      const breaker = breakers.get(url) ?? create(answeredAt)
      breakers.set(url, breaker)
      return breaker
    },
    noteAnswer(): void {
      answeredAt = elapsed()
    },
  }
}

/** Cheap, but enough against an answer to another review: no uid of another one is in the text of this one. */
function isAnswerTo(review: string, text: string): boolean {
  try {
    const answer: unknown = JSON.parse(text)
    if (!isMap(answer) || answer['kind'] !== 'AdmissionReview' || !isMap(answer['response'])) return false
    const { uid, allowed } = answer['response']
    return allowed === true && typeof uid === 'string' && uid !== '' && review.includes(JSON.stringify(uid))
  } catch {
    return false
  }
}

async function ask(client: ForwardOptions['client'], url: string, review: string, left: number): Promise<Outcome> {
  try {
    const { status, text } = await client.send(url, '/mutate', review, left)
    if (status === 421) return { result: 'not-leader', leader: leaderIn(text) }
    return status === 200 && isAnswerTo(review, text) ? { result: 'answered', answer: text } : { result: 'failed' }
  } catch (error) {
    return { result: error instanceof PeerError ? error.failure : 'failed' }
  }
}

/**
 * Gives a function that has the leader decide a review: its text in, the text of the answer out, after 150 ms at the latest. Undefined
 * when the leader did not decide; then the caller must. When the one that was asked names another leader, that one is asked in the time
 * that is left, once: two that take each other for the leader end there.
 */
export function createForward({ client, leader, breaker, onResult, told, lost, elapsed }: ForwardOptions) {
  const breakers = createBreakers(breaker, elapsed)
  const askAllowed = async (url: string, review: string, until: number): Promise<Outcome> => {
    const left = Math.max(until - elapsed(), leastForRedirect)
    const ours = breakers.of(url)
    if (!ours.allows()) return { result: 'breaker-open' }
    const outcome = await ask(client, url, review, left)
    // Who says that another leads has answered, and at once: asking it again costs little, and it may lead the next moment.
    if (outcome.result === 'answered' || outcome.result === 'not-leader') {
      ours.succeed()
      breakers.noteAnswer()
    } else if (outcome.result === 'timeout') ours.late()
    else ours.fail()
    return outcome
  }
  const forward = async (review: string, until: number): Promise<Outcome> => {
    const url = leader()?.url
    if (url === undefined) return { result: 'no-leader' }
    breakers.leadBy(url)
    const outcome = await askAllowed(url, review, until)
    const next = outcome.leader
    if (next === undefined || next.url === url) return outcome
    told(next)
    const second = await askAllowed(next.url, review, until)
    return second.result === 'answered' ? { ...second, result: 'redirected' } : second
  }
  let lostAt = -Infinity
  const noteLost = (result: ForwardResult): void => {
    if (!['refused', 'not-leader', 'failed'].includes(result) || elapsed() - lostAt < lostEvery) return
    lostAt = elapsed()
    lost()
  }
  return async (review: string): Promise<string | undefined> => {
    const start = elapsed()
    const { result, answer } = await forward(review, start + forwardLimit)
    onResult(result, (elapsed() - start) / 1000)
    noteLost(result)
    return answer
  }
}
