import { listDistributor, type Listed } from '../../../src/placement/distributor/listed.ts'
import type { Standing } from '../../../src/placement/seats/standing.ts'
import { createSums, type Sums } from '../../../src/placement/status/sums.ts'
import { summarize, type Facts } from '../../../src/placement/status/summarize.ts'
import type { Condition, DistributorStatus } from '../../../src/placement/status/status.ts'
import { written } from '../known.ts'

/** Short ways to write what a status is told from. */

export const listed = (spec: object = {}, metadata: object = {}): Listed =>
  listDistributor(written({ ...spec }, { uid: 'uid-web', generation: 3, creationTimestamp: '2026-01-01T00:00:00Z', ...metadata }))

/** A revision whose groups have so many pods, all Ready, and the first seats belong so. */
export const standing = (assigned: readonly number[], wanted: readonly number[] = assigned, fields: Partial<Standing> = {}): Standing => ({
  owner: 'rs', pods: assigned.reduce((sum, count) => sum + count, 0), assigned, ready: assigned, wanted, groupless: 0, ...fields,
})

export const noStrays = { pods: 0, standing: new Map<string, number>() }

export const noon = Date.parse('2026-01-02T12:00:00.789Z')

/** What is told, with standings instead of their sums. */
export type Told = Partial<Facts> & { readonly standings?: readonly Standing[] }

const sumsOf = ({ outcome }: Listed, standings: readonly Standing[]): Sums | undefined => {
  const sums = 'plan' in outcome ? createSums(outcome.plan.distributor.groups) : undefined
  for (const one of standings) sums?.add(one)
  return sums
}

export const factsOf = ({ standings = [], listed: one = listed(), ...fields }: Told = {}): Facts => ({
  listed: one, sums: sumsOf(one, standings), strays: noStrays, complaints: [], rival: undefined, previous: [], now: noon, ...fields,
})

export const statusOf = (fields: Told = {}): DistributorStatus => summarize(factsOf(fields))

/** `Ready True Placing: …` */
export const lines = ({ conditions }: Pick<DistributorStatus, 'conditions'>): readonly string[] =>
  conditions.map(({ type, status, reason, message }) => `${type} ${status} ${reason}: ${message}`)

export const find = (status: DistributorStatus, type: Condition['type']): Condition => {
  const found = status.conditions.find(one => one.type === type)
  if (found === undefined) throw new Error(`there is no condition ${type}`)
  return found
}
