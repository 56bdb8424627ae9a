/** What could not be listed. */
export interface Refusals {
  /** The right is missing; in no namespace: in all of them. */
  readonly refuse: (resource: string, namespace: string | undefined) => void
  /** Whatever else is missing, as a line. */
  readonly tell: (line: string) => void
  /** A line for each namespace, and for each other thing; in order. */
  readonly lines: () => readonly string[]
}

/** Collects what is missing, so that a namespace with several lists that are refused takes one line. */
export function createRefusals(): Refusals {
  const everywhere = new Set<string>()
  const inNamespace = new Map<string, Set<string>>()
  const told = new Set<string>()
  return {
    refuse(resource, namespace) {
      if (namespace === undefined) everywhere.add(resource)
      else inNamespace.set(namespace, (inNamespace.get(namespace) ?? new Set()).add(resource))
    },
    tell: line => void told.add(line),
    lines: () => [
      ...[...everywhere].toSorted().map(resource =>
        `${resource}: you may not list them in the whole cluster, nor its namespaces; name those that you may look at by -n`),
      ...[...told].toSorted(),
      ...[...inNamespace].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([namespace, resources]) =>
        `namespace ${namespace}: you may not list ${[...resources].toSorted().join(', ')}`),
    ],
  }
}
