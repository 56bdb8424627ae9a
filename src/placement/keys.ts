/** The API group, and every label and annotation that Versprei reads or writes on a pod. */

export const apiGroup = 'versprei.versprei.io'
export const apiVersion = `${apiGroup}/v1beta1`
export const kind = 'PodDistributor'

/** Label: the name of the distributor that placed the pod. */
export const distributorLabel = 'versprei.io/distributor'
/** Label: the group the pod was placed in. */
export const groupLabel = 'versprei.io/group'
/** Label a person sets to `"true"` to keep Versprei away from a pod. */
export const ignoreLabel = 'versprei.io/ignore'

/** Annotation: the seat the pod was given; a wish, see `seats/row.ts`. */
export const seatAnnotation = 'versprei.io/seat'
/** Annotation: the uid of the AdmissionReview that placed the pod, by which the watch clears its reservation. */
export const admissionAnnotation = 'versprei.io/admission'

/** On the object by which a kubelet shows a static pod. */
export const mirrorAnnotation = 'kubernetes.io/config.mirror'

/** Read by the ReplicaSet controller when it scales in: the lowest goes first (KEP-2255). Must be a plain int32. */
export const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost'
