/** A patch of the workload, as `kubectl patch --type` names them. */
export interface WorkloadPatch {
  readonly kind: 'patch'
  /** strategic where it cannot touch what is there; json where it must say which entry it means, or the kind is no built-in one. */
  readonly type: 'strategic' | 'json'
  readonly body: unknown
}

/** A PodDistributor to create; the workload's pods have to be made anew then. */
export interface NewDistributor {
  readonly kind: 'distributor'
  readonly object: Readonly<Record<string, unknown>>
}

/** Nothing to change: pods that are made anew stand better. */
export interface Restart {
  readonly kind: 'restart'
}

export type Change = WorkloadPatch | NewDistributor | Restart

/** What a workload survives for certain once its pods are made anew, in the words of a Survival: exactly, not at least. */
export interface Promised {
  readonly nodes: PromisedLosses
  readonly topology?: PromisedLosses & { readonly key: string }
}

/** Of a topology, as a Survival has it. `untilTooFew` is absent, too, where how many pods stand together is not certain. */
export interface PromisedLosses {
  readonly domains: number
  readonly untilNone: number
  readonly untilTooFew?: { readonly least: number, readonly by: string, readonly losses: number }
}

/** What came of trying a change with a dry run: nothing is stored. */
export interface Trial {
  readonly result: 'accepted' | 'refused' | 'not-tried'
  /** What the API server said, or why it was not asked. */
  readonly said: string
}

/** How a workload that shares nodes would be spread. */
export interface Recommendation {
  /** In a line: what to do, or why nothing helps. */
  readonly summary: string
  /** What else is to be known, a line each. */
  readonly notes: readonly string[]
  /** Absent where no change of the workload helps. */
  readonly change?: Change
  /** The commands by which the change is made, to be copied; in order. */
  readonly commands: readonly string[]
  /** Absent where nothing guarantees any figure. */
  readonly promise?: Promised
  readonly trial?: Trial
}
