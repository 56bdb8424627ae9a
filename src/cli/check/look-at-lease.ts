import { parseLease } from '../../cluster/lease.ts'
import type { Api } from './api.ts'
import { asking, type Asked } from './asked.ts'
import { isDoubtful, type LeaseLook, type Looks } from './leader.ts'
import { pathOf, tellRight, type Right } from './right.ts'

/** Milliseconds between two looks: a leader renews every two seconds, and a free Lease is taken as soon. */
const between = 5000

/** How time is told and spent. */
export interface Timing {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly wait: (milliseconds: number) => Promise<unknown>
}

/** Looks at the Lease, and again where one look leaves a doubt. */
export function lookAtLease({ send }: Api, right: Right, { now, wait }: Timing): Promise<Asked<Looks>> {
  const look = async (): Promise<LeaseLook> => {
    const response = await send(pathOf(right))
    return { lease: parseLease(await response.json()), date: response.date ?? now() }
  }
  return asking(tellRight(right), async (): Promise<Looks> => {
    const first = await look()
    if (!isDoubtful(first)) return [first]
    await wait(between)
    return [first, await look()]
  })
}
