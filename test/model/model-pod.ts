import { deletionCostAnnotation, distributorLabel, groupLabel, seatAnnotation } from '../../src/placement/keys.ts'
import type { ControlledPod } from '../../src/survey/removal-order.ts'

type Texts = Readonly<Record<string, string>>

/** A pod as its controller sends it. */
export interface PodTemplate {
  readonly metadata: {
    readonly generateName: string
    readonly labels: Texts
    readonly annotations?: Texts
    readonly ownerReferences: readonly unknown[]
  }
  readonly spec: unknown
}

/** A pod's metadata, as a watch shows it. */
export interface PodObject {
  readonly metadata: PodTemplate['metadata'] & {
    readonly uid: string
    readonly namespace: string
    readonly creationTimestamp: string
  }
}

export interface ModelPod extends ControlledPod {
  readonly object: PodObject
  /** The group whose node it stands on, or waits for; its index. */
  readonly group: number
  /** When it becomes Ready; Infinity: not before it is healed. */
  readonly readyAt: number
}

export const textOf = (texts: Texts | undefined, key: string): string | undefined => texts?.[key]

/** The seat written on it; undefined where no admission, nor an adoption, placed it. */
export function seatOf({ object: { metadata } }: ModelPod): number | undefined {
  const text = textOf(metadata.annotations, seatAnnotation)
  return text === undefined || textOf(metadata.labels, groupLabel) === undefined ? undefined : Number(text)
}

/** Writes on it, by patch, where it stands and its seat: adoption and re-ranking. */
export function withSeat(pod: ModelPod, distributor: string, seat: number): ModelPod {
  const { metadata } = pod.object
  const cost = 1_000_000_000 - seat
  return {
    ...pod,
    cost,
    object: {
      metadata: {
        ...metadata,
        labels: { ...metadata.labels, [distributorLabel]: distributor, [groupLabel]: groupName(pod.group) },
        annotations: { ...metadata.annotations, [seatAnnotation]: `${seat}`, [deletionCostAnnotation]: `${cost}` },
      },
    },
  }
}

export const groupName = (group: number): string => `pool-g${group}`

export function groupOfName(name: string): number {
  return Number(name.slice('pool-g'.length))
}
