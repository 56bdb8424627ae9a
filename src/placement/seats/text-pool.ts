/** So many texts are remembered; then it begins anew, so that what is long gone does not stay. */
const mostTexts = 65_536

/**
 * Gives equal texts as one. Whatever parses JSON makes a new text of each value: for 150,000 pods those that they have in
 * common (namespace, owner, distributor, group) would take some 30 MiB.
 */
export function createTextPool(): (text: string) => string {
  const pool = new Map<string, string>()
  return text => {
    const known = pool.get(text)
    if (known !== undefined) return known
    if (pool.size >= mostTexts) pool.clear()
    pool.set(text, text)
    return text
  }
}
