/** Which failures have been told: each once, until nothing fails that way any more. */
export interface Troubles {
  /** Notes that something failed. Returns whether that is news. */
  readonly note: (key: string, what: string) => boolean
  /** It succeeded, or is gone. */
  readonly end: (key: string) => void
}

export function createTroubles(): Troubles {
  const failing = new Map<string, Set<string>>()
  const whatOf = new Map<string, string>()
  const end = (key: string): void => {
    const what = whatOf.get(key) ?? ''
    whatOf.delete(key)
    failing.get(what)?.delete(key)
    if (failing.get(what)?.size === 0) failing.delete(what)
  }
  return {
    end,
    note(key, what) {
      const keys = failing.get(what) ?? new Set()
      failing.set(what, keys)
      const isNews = keys.size === 0
      if (whatOf.get(key) !== what) end(key)
      failing.set(what, keys.add(key))
      whatOf.set(key, what)
      return isNews
    },
  }
}
