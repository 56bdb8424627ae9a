/** How much a PodDistributor may hold. The CRD says the same; there, a bound on every list is what keeps its rules affordable. */
export const limits = {
  groups: 32,
  /** Labels in `nodeLabel` or `matchLabels`. */
  labels: 16,
  expressions: 16,
  values: 64,
  tolerations: 16,
  spread: 8,
  matchLabelKeys: 8,
  weight: 1_000_000,
  /**
   * Pods in `base` or `max`: beyond any cluster (Kubernetes supports 150,000 pods), and small enough for exact arithmetic (see `race.ts`
   * and `ideal.ts`).
   */
  pods: 1_000_000,
  /** Greatest int32: maxSkew and minDomains in the Kubernetes API. */
  int32: 2_147_483_647,
} as const
