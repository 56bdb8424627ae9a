import { listDistributor, type Listed } from '../../src/placement/distributor/listed.ts'
import type { Knowledge } from '../../src/placement/knowledge.ts'
import { readPlacedPod } from '../../src/placement/seats/placed-pod.ts'
import type { Claim } from '../../src/placement/seats/ideal.ts'
import { noExcuses, type Excuses } from './excuses.ts'
import { createFleet, type Fleet } from './fleet.ts'
import type { ModelPod, PodObject, PodTemplate } from './model-pod.ts'
import type { Random } from './random.ts'
import type { Change } from './replica.ts'

/** What a history starts from. */
export interface Setup {
  readonly seed: number
  /** Replicas of Versprei. */
  readonly serving: number
  readonly claims: readonly Claim[]
  /** Whether pods may be patched: adoption and re-ranking. */
  readonly adoption: boolean
  /** Whether the watches show that a pod is gone before its replacement is admitted. */
  readonly promptWatch: boolean
}

/** One ReplicaSet, a revision. */
export interface ModelSet {
  readonly uid: string
  /** The pod as its controller sends it. */
  readonly template: PodTemplate
  /** The groups that are impossible for its pods. */
  readonly closed: ReadonlySet<number>
  wanted: number
  /** Creations still to do in this sync, and the size of the next batch. */
  creating: { readonly left: number, readonly batch: number } | undefined
  readonly pods: Map<string, ModelPod>
  /** Evicted pods that may still lack a replacement. */
  readonly evicted: Set<string>
  excuses: Excuses
}

/** A cluster with one Deployment in it, one PodDistributor, and Versprei. */
export interface World {
  readonly setup: Setup
  readonly random: Random
  readonly log: Change[]
  readonly fleet: Fleet
  readonly sets: ModelSet[]
  readonly violations: string[]
  /** What was seen on the way, for the tests of the model itself. */
  readonly seen: Map<string, number>
  now: number
  replicas: number
  /** spec.replicas has changed from this, and the Deployment controller has not looked yet. */
  scaledFrom: number | undefined
  /** The index of the set whose template the Deployment has. */
  current: number
  claims: readonly Claim[]
  listed: Listed
  /** So many of the next pods are refused after admission. */
  toRefuse: number
  /** Probabilities with which a new pod becomes Ready late, or not before it is healed. */
  late: number
  never: number
  serial: number
}

export const namespace = 'shop'
export const distributorName = 'web'

/** When all histories begin, milliseconds since 1970: 2026-01-01. */
const beginning = 1_767_225_600_000

export function createWorld(setup: Setup, random: Random): World {
  const log: Change[] = []
  let world: World | undefined = undefined
  const list = (knowledge: Knowledge): void => {
    knowledge.distributors.replace([world?.listed ?? listed])
    const all = (world?.sets ?? []).flatMap(({ pods }) => [...pods.values()])
    knowledge.revisions.replace(all.map(({ object }) => readPlacedPod(object)).filter(one => one !== undefined))
  }
  const listed = listClaims(setup.claims)
  world = {
    setup, random, log, fleet: createFleet({ size: setup.serving, log, list, random }), sets: [], violations: [], seen: new Map(),
    now: beginning, replicas: 0, scaledFrom: undefined, current: 0, claims: setup.claims, listed, toRefuse: 0, late: 0.1, never: 0, serial: 0,
  }
  addSet(world, new Set())
  return world
}

export function listClaims(claims: readonly Claim[]): Listed {
  return listDistributor({
    apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: distributorName, namespace },
    spec: {
      target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      distribution: claims.map((claim, group) => ({ nodeLabel: { pool: `g${group}` }, ...claim })),
    },
  })
}

/** A new template: a ReplicaSet without pods, which the Deployment rolls to. */
export function addSet(world: World, closed: ReadonlySet<number>): void {
  const hash = `h${world.sets.length}`
  const labels = { app: 'web', 'pod-template-hash': hash }
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `web-${hash}`, uid: `set-${hash}`, controller: true }]
  const elsewhere = { key: 'pool', operator: 'NotIn', values: [...closed].map(group => `g${group}`) }
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [elsewhere] }] } } }
  world.sets.push({
    uid: `set-${hash}`, closed, wanted: 0, creating: undefined, pods: new Map(), evicted: new Set(), excuses: noExcuses(),
    template: {
      metadata: { generateName: `web-${hash}-`, labels, ownerReferences },
      spec: { containers: [{ name: 'main', image: 'web:1' }], ...closed.size > 0 ? { affinity } : {} },
    },
  })
  world.current = world.sets.length - 1
}

/** Tells every watch how a pod is now. */
export function publish(world: World, object: PodObject): void {
  const { uid } = object.metadata
  world.log.push({
    at: world.now,
    tell({ revisions }) {
      const placed = readPlacedPod(object)
      if (placed === undefined) revisions.remove(uid)
      else revisions.apply(placed)
    },
  })
}

/** The pod is being deleted, or has ended: its seat is free. */
export function removePod(world: World, set: ModelSet, uid: string): void {
  set.pods.delete(uid)
  world.log.push({ at: world.now, tell: ({ revisions }) => revisions.remove(uid), gone: { uid, owner: set.uid } })
}

export function changeClaims(world: World, claims: readonly Claim[]): void {
  const listed = listClaims(claims)
  world.claims = claims
  world.listed = listed
  world.log.push({ at: world.now, tell: ({ distributors }) => distributors.apply(listed), replans: true })
  for (const set of world.sets) if (set.pods.size > 0 || set.creating !== undefined) set.excuses.changed = true
}

export function note(world: World, what: string, count = 1): void {
  world.seen.set(what, (world.seen.get(what) ?? 0) + count)
}

export function podsOf(world: World): readonly ModelPod[] {
  return world.sets.flatMap(({ pods }) => [...pods.values()])
}
