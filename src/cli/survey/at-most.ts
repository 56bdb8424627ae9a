/** What `task` answers for each item, in their order; so many are under way at a time. Throws what the first that fails throws. */
export async function atMost<T, R>(count: number, items: readonly T[], task: (item: T) => Promise<R>): Promise<readonly R[]> {
  const answers: R[] = []
  const left = items.entries()
  const work = async (): Promise<void> => {
    for (const [index, item] of left) answers[index] = await task(item)
  }
  await Promise.all(Array.from({ length: Math.min(count, items.length) }, work))
  return answers
}
