import type { Clock } from '../cluster/clock.ts'
import { judge, readFound, type FoundPod, type Verdict } from '../placement/adoption.ts'
import type { Listed } from '../placement/distributor/listed.ts'
import { distributorLabel } from '../placement/keys.ts'
import type { Knowledge } from '../placement/knowledge.ts'
import { createLabelEvidence, type LabelEvidence } from '../placement/label-evidence.ts'
import type { PodLists } from './list-pods.ts'

export interface Found {
  readonly one: FoundPod
  readonly verdict: Verdict
}

/** What a list of a namespace shows. */
export interface Sight {
  /** The pods about which something is to be done. */
  readonly found: readonly Found[]
  /** What all pods tell of where labels come from; undefined: not all were seen. */
  readonly evidence: LabelEvidence | undefined
  /** The distributors whose strays are all in it. */
  readonly counted: readonly Listed[]
}

export interface StrayFinder {
  /**
   * @param distributors those of the namespace
   * @param whole also among pods that carry our labels
   */
  readonly find: (namespace: string, distributors: readonly Listed[], whole: boolean) => Promise<Sight>
  /**
   * Where in the cluster there are pods that no distributor placed, and ought to: namespaces, with a text that is another when the pods
   * are.
   */
  readonly everywhere: () => Promise<ReadonlyMap<string, string>>
}

/** Milliseconds: where a distributor is only tried, all its pods are strays; it is told so often where they stand. */
const triedEvery = 60_000

export function createStrayFinder(
  { knowledge, lists, clock }: { readonly knowledge: Knowledge, readonly lists: PodLists, readonly clock: Pick<Clock, 'now'> },
): StrayFinder {
  const triedAt = new Map<string, { readonly at: number, readonly outcomes: readonly unknown[] }>()
  const keep = (object: unknown, evidence?: LabelEvidence): Found | undefined => {
    const one = readFound(object)
    if (one === undefined) return undefined
    evidence?.see(one)
    const verdict = judge(knowledge, one)
    return verdict === undefined ? undefined : { one, verdict }
  }
  /** Whether it was told a moment ago where the pods of those that are only tried stand; if not, it is now. */
  const isTold = (namespace: string, tried: readonly Listed[]): boolean => {
    const before = triedAt.get(namespace)
    const isSame = before?.outcomes.length === tried.length && tried.every(({ outcome }, index) => before.outcomes[index] === outcome)
    return isSame && clock.now() - before.at < triedEvery
  }
  return {
    async find(namespace, distributors, whole) {
      // Metadata first: where no pod is out of place, as nearly always, nothing more travels.
      const light = await lists.list(namespace, whole ? 'all' : 'unplaced', object => keep(object), { metadataOnly: true, cached: !whole })
      const tried = distributors.filter(isTried)
      const misplaced = light.filter(isMisplaced)
      const others = light.filter(found => !isMisplaced(found))
      if (tried.length === 0) triedAt.delete(namespace)
      if (misplaced.length === 0) return { found: others, evidence: undefined, counted: distributors }
      if (misplaced.every(({ verdict }) => isTried(verdict.listed)) && isTold(namespace, tried)) {
        return { found: others, evidence: undefined, counted: distributors.filter(one => !isTried(one)) }
      }
      const sawAll = misplaced.some(isLabelled)
      const evidence = createLabelEvidence(clock.now())
      const standing = await lists.list(namespace, sawAll ? 'all' : 'unplaced', object => keep(object, evidence))
      if (tried.length > 0) triedAt.set(namespace, { at: clock.now(), outcomes: tried.map(({ outcome }) => outcome) })
      return { found: [...others, ...standing.filter(isMisplaced)], evidence: sawAll ? evidence : undefined, counted: distributors }
    },
    async everywhere() {
      const seen = new Map<string, { count: number, newest: number, uid: string }>()
      await lists.list(undefined, 'unplaced', object => {
        const found = keep(object)
        if (found !== undefined && isMisplaced(found) && !isTried(found.verdict.listed)) {
          const { namespace, created, uid } = found.one
          const before = seen.get(namespace) ?? { count: 0, newest: 0, uid: '' }
          const isNewer = created > before.newest || (created === before.newest && uid > before.uid)
          const newest = isNewer ? { newest: created, uid } : { newest: before.newest, uid: before.uid }
          seen.set(namespace, { count: before.count + 1, ...newest })
        }
        return undefined
      }, { metadataOnly: true })
      return new Map([...seen].map(([namespace, { count, uid }]) => [namespace, `${count} ${uid}`]))
    },
  }
}

interface Misplaced extends Found {
  readonly verdict: Extract<Verdict, { readonly kind: 'adopt' | 'stray' }>
}

export function isMisplaced(found: Found): found is Misplaced {
  return found.verdict.kind === 'adopt' || found.verdict.kind === 'stray'
}

export function isLabelled({ one }: Found): boolean {
  return one.pod.labels !== undefined && Object.hasOwn(one.pod.labels, distributorLabel)
}

function isTried({ outcome }: Listed): boolean {
  return 'plan' in outcome && outcome.plan.distributor.enforcement === 'Audit'
}
