import type { Taint } from '../cluster-state.ts'

/** Why a pod cannot stand on a node. */
export type Refusal =
  | { readonly kind: 'not-ready' }
  | { readonly kind: 'cordoned' }
  | { readonly kind: 'taint', readonly taint: Taint }
  /** The labels that its nodeSelector asks for. */
  | { readonly kind: 'node-selector' }
  | { readonly kind: 'node-affinity' }
  /** The node is too small for it, whatever else stands there. */
  | { readonly kind: 'too-small', readonly resource: string, readonly asked: number, readonly allocatable: number }
  /** The node is large enough, and others have taken too much of it. */
  | { readonly kind: 'no-room', readonly resource: string, readonly asked: number, readonly free: number }
  | { readonly kind: 'host-port', readonly port: string }
  | { readonly kind: 'anti-affinity', readonly key: string }
  /** A hard topologySpreadConstraint; `isUnlabelled`: the node lacks its topologyKey. */
  | { readonly kind: 'spread', readonly key: string, readonly isUnlabelled: boolean }
