/**
 * `gone`: there is no such pod any more. `forbidden`: we have no right to patch pods there. `refused`: the API server, or a policy, will
 * not have it. `failed`: it was not done this time.
 */
export type PatchOutcome = 'done' | 'gone' | 'forbidden' | 'refused' | 'failed'

/** What became of patches of late, so that those that are in vain are rare. */
export interface PatchMemory {
  readonly note: (pod: { readonly namespace: string, readonly uid: string }, outcome: PatchOutcome) => void
  /** `forbidden`: we have no right to patch pods of the namespace. `resting`: many patches in a row have failed there. Undefined: none. */
  readonly obstacle: (namespace: string) => 'forbidden' | 'resting' | undefined
  /** What a patch of this pod came to, if that was `refused` or `failed` and another is likely to come to the same. */
  readonly vain: (uid: string) => 'refused' | 'failed' | undefined
}

/** Milliseconds until it is seen whether the right has been given meanwhile. */
const forbiddenFor = 300_000
/** Milliseconds for which a pod is known that was not patched, and how many such pods are. */
const vainFor = 600_000
const mostVain = 10_000
/** Patches of one namespace that fail in a row before it is left alone: this long, then twice as long, and so on. Milliseconds. */
const patience = 20
const firstRest = 5000
const longestRest = 60_000

interface Failing {
  inARow: number
  rests: number
  until: number
}

/** @param now milliseconds */
export function createPatchMemory(now: () => number): PatchMemory {
  const forbidden = new Map<string, number>()
  const failing = new Map<string, Failing>()
  const vain = new Map<string, { readonly outcome: 'refused' | 'failed', readonly until: number }>()

  const remember = (uid: string, outcome: 'refused' | 'failed'): void => {
    // The oldest comes first: what is noted again goes to the end.
    vain.delete(uid)
    vain.set(uid, { outcome, until: now() + vainFor })
    const [oldest] = vain.keys()
    if (vain.size > mostVain && oldest !== undefined) vain.delete(oldest)
  }
  const count = (namespace: string): void => {
    const one = failing.get(namespace) ?? { inARow: 0, rests: 0, until: -Infinity }
    failing.set(namespace, one)
    one.inARow += 1
    if (one.inARow % patience !== 0) return
    one.until = now() + Math.min(longestRest, firstRest * 2 ** one.rests)
    one.rests += 1
  }
  return {
    note({ namespace, uid }, outcome) {
      if (outcome === 'forbidden') forbidden.set(namespace, now() + forbiddenFor)
      if (outcome === 'failed') count(namespace)
      if (outcome === 'done') failing.delete(namespace)
      if (outcome === 'refused' || outcome === 'failed') remember(uid, outcome)
      else vain.delete(uid)
    },
    obstacle(namespace) {
      if (now() < (forbidden.get(namespace) ?? -Infinity)) return 'forbidden'
      return now() < (failing.get(namespace)?.until ?? -Infinity) ? 'resting' : undefined
    },
    vain(uid) {
      const one = vain.get(uid)
      return one !== undefined && now() < one.until ? one.outcome : undefined
    },
  }
}
