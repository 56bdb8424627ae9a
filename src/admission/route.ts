import { examine, place, placeAlone, type Candidate, type Decision } from '../placement/decide.ts'
import type { Knowledge } from '../placement/knowledge.ts'
import type { OwnRace } from '../placement/seats/own-race.ts'
import type { Request } from '../placement/scope.ts'
import { ownSeat } from '../placement/workload.ts'
import type { Leader, NotLeader } from './peer.ts'

/** Who gives out the seats now; see `controllers/leadership.ts`. */
export interface Lead {
  readonly isLeading: () => boolean
  readonly other: () => Leader | undefined
  /** Resolves once it is settled who leads; undefined: it is. */
  readonly settling: () => Promise<void> | undefined
}

export interface RouteOptions {
  readonly knowledge: Knowledge
  readonly lead: Lead
  /** Has the leader decide: the text of a review in, that of its answer out; undefined when it did not. */
  readonly forward: (text: string) => Promise<string | undefined>
  readonly ownRace: OwnRace
  /** Called with each decision that this replica made while it reached no leader. */
  readonly onOwnRace: () => void
  /** Called with what this replica decided as the leader. */
  readonly onDecision: (request: Request, decision: Decision) => void
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** The leader's answer, as it came. */
export interface Forwarded {
  readonly kind: 'forwarded'
  readonly answer: string
}

export interface Route {
  /** Decides, or has the leader decide. Without a wait where this replica leads, or no seat is to be given. */
  readonly here: (request: Request, text: string) => Decision | Promise<Decision | Forwarded>
  /** Decides what another replica forwarded, or says who leads: never forwards in turn. */
  readonly forPeer: (request: Request) => Decision | NotLeader | Promise<Decision | NotLeader>
}

/** Where a review is decided: by the one replica that leads, so that one place gives out the seats. */
export function createRoute({ knowledge, lead, forward, ownRace, onOwnRace, onDecision, now }: RouteOptions): Route {
  const placeAsLeader = (candidate: Candidate): Decision => {
    const decision = place(knowledge, candidate, now())
    onDecision(candidate.request, decision)
    return decision
  }
  const race = (candidate: Candidate): Decision => {
    onOwnRace()
    return placeAlone(knowledge, ownRace, candidate, now())
  }
  const placeSomewhere = async (candidate: Candidate, text: string): Promise<Decision | Forwarded> => {
    await lead.settling()
    if (lead.isLeading()) return placeAsLeader(candidate)
    const answer = await forward(text)
    if (answer !== undefined) return { kind: 'forwarded', answer }
    // The answer may have been that we lead by now.
    return lead.isLeading() ? placeAsLeader(candidate) : race(candidate)
  }
  const decideForPeer = (request: Request): Decision | NotLeader => {
    if (!lead.isLeading()) return { leader: lead.other() }
    const candidate = examine(knowledge, request)
    return candidate.kind === 'skip' ? candidate : placeAsLeader(candidate)
  }
  return {
    here(request, text) {
      const candidate = examine(knowledge, request)
      if (candidate.kind === 'skip') return candidate
      if (lead.isLeading()) return placeAsLeader(candidate)
      // A seat that the pod's controller gave is the same whoever says so.
      return ownSeat(candidate.pod) === undefined ? placeSomewhere(candidate, text) : place(knowledge, candidate, now())
    },
    forPeer(request) {
      const settling = lead.settling()
      return settling === undefined ? decideForPeer(request) : settling.then(() => decideForPeer(request))
    },
  }
}
