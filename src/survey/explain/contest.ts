import { createDistributors } from '../../placement/distributor/distributors.ts'
import { mistakesOf, type Listed } from '../../placement/distributor/listed.ts'
import type { Knowledge } from '../../placement/knowledge.ts'
import { nameTarget } from '../../placement/status/summarize.ts'
import type { Owner, Pod } from '../../placement/pod.ts'
import { workloadsOf, type Workload } from '../../placement/workload.ts'

/** A PodDistributor that does not decide for a pod, and why. */
export interface Beside {
  readonly name: string
  /** As in Deployment/web. */
  readonly target: string
  readonly why: string
}

/** What a pod is targeted by. */
export interface Targeted {
  readonly namespace: string
  readonly owner: Owner
  readonly labels: Pod['labels']
}

/** The one that would decide for a pod if it were in scope; undefined: none targets it. */
export function targeting(
  { owner, labels }: Pick<Pod, 'owner' | 'labels'>, namespace: string, { distributors }: Pick<Knowledge, 'distributors'>,
): Listed | undefined {
  return owner === undefined ? undefined : distributors.find(namespace, workloadsOf(owner, labels), labels ?? {})
}

/** Those that target the pod too, and are left out: each is asked alone, by the code that chooses among all. */
export function othersThatTarget(pod: Targeted, decides: Listed, all: Iterable<Listed>): readonly Beside[] {
  return [...all].filter(one => one.name !== decides.name && targets(one, pod)).map(one => ({
    name: one.name, target: targetOf(one), why: whyNot(one, decides),
  }))
}

/** Those of the namespace, none of which targets the pod: why each does not. Those of a workload's name, or of its kind, come first. */
export function nearMisses(pod: Targeted, all: Iterable<Listed>): readonly Beside[] {
  const workloads = workloadsOf(pod.owner, pod.labels)
  return [...all].map(one => ({ one, distance: distanceOf(one, workloads) })).toSorted((a, b) => a.distance - b.distance)
    .map(({ one }) => ({ name: one.name, target: targetOf(one), why: whyFar(one, pod, workloads) }))
}

function targets(one: Listed, { namespace, owner, labels }: Targeted): boolean {
  const alone = createDistributors()
  alone.apply(one)
  return alone.find(namespace, workloadsOf(owner, labels), labels ?? {}) !== undefined
}

/** Named before unnamed, then the older, then by name: see `Distributors.find`. */
function whyNot(one: Listed, decides: Listed): string {
  if (decides.target?.name !== undefined && one.target?.name === undefined) return `${decides.name} names the workload`
  return decides.created < one.created ? `${decides.name} is older` : `${decides.name} is as old, and comes first by name`
}

function distanceOf({ target }: Listed, workloads: readonly Workload[]): number {
  if (workloads.some(({ name }) => name === target?.name)) return 0
  return workloads.some(({ kind }) => kind === target?.kind) ? 1 : 2
}

function whyFar(one: Listed, pod: Targeted, workloads: readonly Workload[]): string {
  const { target } = one
  if (target === undefined) return `its target cannot be told: ${mistakesOf(one)[0] ?? ''}`
  const { podSelector, ...whole } = target
  if (podSelector !== undefined && targets({ ...one, target: whole }, pod)) return 'its podSelector does not select the pod'
  const ofKind = workloads.filter(({ kind }) => kind === target.kind)
  const names = workloads.map(({ kind, name }) => `${kind}/${name}`).join(', ')
  if (ofKind.length === 0) return `it targets ${nameTarget(target)}; the pod's workloads are ${names}`
  if (ofKind.every(({ group }) => group !== target.group)) {
    return `it targets the API group ${target.group === '' ? 'core' : target.group}, not ${ofKind[0]?.group ?? ''}`
  }
  return `it targets ${nameTarget(target)}, not ${ofKind.map(({ kind, name }) => `${kind}/${name}`).join(', ')}`
}

function targetOf({ target }: Listed): string {
  return target === undefined ? '' : nameTarget(target)
}
