import type { Refusal } from '../room/refusal.ts'

/**
 * Why the replacement of a lost pod waits; programs go by these words. `no-node`: none is left that it may stand on by its labels.
 * `no-room`: some would take it were they emptier, or larger. `constraint`: it is spread, or kept apart from others. `closed-nodes`: those
 * that are left are cordoned, tainted or not ready.
 */
export const waits = ['no-node', 'no-room', 'constraint', 'closed-nodes'] as const

export type Wait = typeof waits[number]

export interface WhyNot {
  readonly reason: Wait
  /** For people: what is the matter with how many nodes. */
  readonly detail: string
}

/** @param refusals of each node that is left; none of them takes the pod */
export function whyNot(refusals: Iterable<Refusal | undefined>): WhyNot {
  const near = [...refusals].filter(one => one !== undefined).filter(({ kind }) => kind !== 'node-affinity' && kind !== 'node-selector')
  const counts = new Map<string, number>()
  for (const one of near) counts.set(tell(one), (counts.get(tell(one)) ?? 0) + 1)
  const told = [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  return {
    reason: reasonOf(near),
    detail: told.map(([what, count]) => `${count} ${count === 1 ? 'node' : 'nodes'} ${what}`).join(', ') || 'no node is left for it',
  }
}

function reasonOf(near: readonly Refusal[]): Wait {
  const has = (...kinds: readonly Refusal['kind'][]): boolean => near.some(({ kind }) => kinds.includes(kind))
  if (near.length === 0) return 'no-node'
  if (has('no-room', 'too-small', 'host-port')) return 'no-room'
  return has('spread', 'anti-affinity') ? 'constraint' : 'closed-nodes'
}

/** What follows `3 nodes`. */
function tell(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'not-ready': return 'not ready'
    case 'cordoned': return 'cordoned'
    case 'taint': return `with taint ${refusal.taint.key}`
    case 'too-small': return `too small in ${refusal.resource}`
    case 'no-room': return `short of ${refusal.resource}`
    case 'host-port': return `with port ${refusal.port} taken`
    case 'anti-affinity': return `ruled out by anti-affinity on ${refusal.key}`
    case 'spread': return `ruled out by its spread over ${refusal.key}`
    case 'node-selector':
    case 'node-affinity': return 'with other labels'
    default: return refusal satisfies never
  }
}
