/** Where config/ and the chart install Versprei, unless told otherwise. */
export const usualNamespace = 'versprei-system'

/** The Lease by which the replicas of Versprei agree. */
export const leaseName = 'versprei'
