import type { NodeUse } from '../../../survey/node-use.ts'

const steps = [['TiB', 2 ** 40], ['GiB', 2 ** 30], ['MiB', 2 ** 20], ['KiB', 2 ** 10]] as const

/** Three digits say enough: 1.25, 12.5, 125. */
function rounded(amount: number): string {
  const digits = amount >= 100 ? 0 : amount >= 10 ? 1 : 2
  return String(Number(amount.toFixed(digits)))
}

/** Cores of thousandths of one: `3.2`. */
export const cores = (thousandths: number): string => rounded(thousandths / 1000)

/** Bytes as people say them: `15.6 GiB`. */
export function bytes(amount: number): string {
  const step = steps.find(([, size]) => amount >= size)
  return step === undefined ? `${amount} B` : `${rounded(amount / step[1])} ${step[0]}`
}

/** How much of a resource of the node is taken, in percent; undefined where the node has none of it. */
export function percentTaken({ allocatable, requested }: Pick<NodeUse, 'allocatable' | 'requested'>, resource: string): number | undefined {
  const all = allocatable[resource] ?? 0
  return all > 0 ? Math.round((requested[resource] ?? 0) / all * 100) : undefined
}

/** How much of a resource of the node is taken: `3.2 of 4 (80 %)`. */
export function takenInWords({ allocatable, requested }: NodeUse, resource: string, say: (amount: number) => string): string {
  const percent = percentTaken({ allocatable, requested }, resource)
  return percent === undefined ? '-' : `${say(requested[resource] ?? 0)} of ${say(allocatable[resource] ?? 0)} (${percent} %)`
}
