/** Labels that every node of a cluster has, or of a cloud's (kubernetes.io, well-known labels). */
export const hostname = 'kubernetes.io/hostname'
export const zone = 'topology.kubernetes.io/zone'
