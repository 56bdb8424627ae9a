/** So many are suggested. */
const most = 5

/** Of names there are, those that one was probably meant by a name that is not there; the closest first. */
export function closeNames(name: string, there: readonly string[]): readonly string[] {
  const longest = Math.max(1, Math.floor(name.length / 4))
  return there.map(other => ({ other, distance: other.includes(name) || name.includes(other) ? 1 : distanceOf(name, other) }))
    .filter(({ distance }) => distance <= longest)
    .toSorted((a, b) => a.distance - b.distance || (a.other < b.other ? -1 : 1)).slice(0, most).map(({ other }) => other)
}

/** How many letters have to be changed, added, left out, or exchanged with the next one (optimal string alignment). */
function distanceOf(a: string, b: string): number {
  let [before, row] = [new Array<number>(), Array.from({ length: b.length + 1 }, (_, index) => index)]
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isExchange = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const exchanged = isExchange ? (before[j - 2] ?? 0) + 1 : Infinity
      next.push(Math.min(changed, exchanged, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    [before, row] = [row, next]
  }
  return row.at(-1) ?? 0
}
