import type { ClusterFlags } from '../cluster-flags.ts'

/** What a user can vouch for where no cluster tells. */
export const confirmations = ['trusted', 'served'] as const

/** Seconds. */
export const defaultTimeout = 600

/** Which Secret, in which cluster. */
export interface SecretRotation extends ClusterFlags {
  /** As `versprei serve --certificate-secret` has it. */
  readonly certificateSecret?: string
  readonly peers?: true
  readonly namespace?: string
  /** Seconds. */
  readonly timeout?: number
}

export interface RotateFlags extends SecretRotation {
  /** A folder of certificates, in place of a Secret. */
  readonly certificates?: string
  /** The authority of what replicas say to each other, in place of the one that the API server trusts. */
  readonly peers?: true
  readonly confirm?: typeof confirmations[number]
}
