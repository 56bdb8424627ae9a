/** Names a distributor. */
export interface DistributorKey {
  readonly namespace: string
  readonly name: string
}

/** The distributors that something has happened to since they were asked for last. */
export interface Touched {
  readonly touch: (namespace: string, name: string) => void
  /** Each once; `undefined`: too many to be remembered, any may be among them. */
  readonly take: () => readonly DistributorKey[] | undefined
}

/** So many are remembered. On a replica that does not lead nobody asks, and what is gone would add up. */
const most = 20_000

export function createTouched(): Touched {
  /** Namespace → names. */
  let touched = new Map<string, Set<string>>()
  let size = 0
  let areTooMany = false
  const clear = (): void => {
    touched = new Map()
    size = 0
  }
  return {
    touch(namespace, name) {
      if (areTooMany) return
      const names = touched.get(namespace) ?? new Set<string>()
      if (names.has(name)) return
      touched.set(namespace, names.add(name))
      size += 1
      areTooMany = size > most
      if (areTooMany) clear()
    },
    take() {
      const taken = areTooMany ? undefined : [...touched].flatMap(([namespace, names]) => [...names].map(name => ({ namespace, name })))
      areTooMany = false
      clear()
      return taken
    },
  }
}
