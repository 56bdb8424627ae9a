/** A PodDistributor that the CRD lets pass, and that is invalid all the same: its two groups derive one name. */
export const twins = {
  apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'twins', namespace: 'shop', uid: 't' },
  spec: {
    target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    distribution: [{ nodeLabel: { 'a.example/type': 'spot' }, weight: 1 }, { nodeLabel: { 'b.example/type': 'spot' }, weight: 1 }],
  },
} as const
