/**
 * How many domains may be lost, the fullest first, so that `least` pods are left at least: no other choice of as many leaves fewer. −1
 * where there are fewer already.
 *
 * @param sizes pods in each domain
 */
export function lossesUntil(sizes: readonly number[], least: number): number {
  let left = sizes.reduce((sum, size) => sum + size, 0)
  if (left < least) return -1
  let losses = 0
  for (const size of sizes.toSorted((a, b) => b - a)) {
    left -= size
    if (left < least) break
    losses += 1
  }
  return losses
}

/**
 * How many pods a share such as `50%`, or a number, is of so many: rounded up, as the disruption controller does for both of a
 * budget's fields (apimachinery `intstr.GetScaledValueFromIntOrPercent`). Undefined for what is neither.
 */
export function portionOf(amount: number | string, all: number): number | undefined {
  if (typeof amount === 'number') return amount
  const percent = /^(?<percent>\d{1,9})%$/u.exec(amount)?.groups?.['percent']
  return percent === undefined ? undefined : Math.ceil(Number(percent) * all / 100)
}
