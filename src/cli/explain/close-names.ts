/** So many are suggested. */
const most = 5

/** Of names there are, those that one was probably meant by a name that is not there; the closest first. */
export function closeNames(name: string, there: readonly string[]): readonly string[] {
  const longest = Math.max(2, Math.floor(name.length / 4))
  return there.map(other => ({ other, distance: other.includes(name) || name.includes(other) ? 1 : distanceOf(name, other) }))
    .filter(({ distance }) => distance <= longest)
    .toSorted((a, b) => a.distance - b.distance || (a.other < b.other ? -1 : 1)).slice(0, most).map(({ other }) => other)
}

/** Levenshtein's: how many letters have to be changed, added or left out. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [index, letter] of a.split('').entries()) {
    const next = [index + 1]
    for (const [column, other] of b.split('').entries()) {
      next.push(Math.min((row[column] ?? 0) + (letter === other ? 0 : 1), (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
