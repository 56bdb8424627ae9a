import type { SkipReason } from '../../placement/scope.ts'

/** What a reason means, and what its owner can do. */
export interface ReasonWords {
  readonly means: string
  readonly advice: string
}

/** As docs/reference.md has them. */
export const reasonWords: Readonly<Record<SkipReason, ReasonWords>> = {
  'not-create': { means: 'an update, a deletion or a connection', advice: 'nothing; the webhook asks for creations alone' },
  'subresource': { means: 'a binding, an eviction and the like', advice: 'nothing' },
  'not-a-pod': { means: 'another kind of object', advice: 'nothing' },
  'no-object': {
    means: 'the review holds no pod', advice: 'nothing, if someone tries the webhook by hand; else look for what calls it',
  },
  'kube-system': { means: 'the pod is in kube-system', advice: 'nothing: what a cluster needs to come back must not depend on Versprei' },
  'own-namespace': { means: 'the pod is in Versprei\'s own namespace', advice: 'nothing: it must be able to come back' },
  'not-synced': {
    means: 'the first full lists were not there yet', advice: 'wait for /readyz; if it lasts, the log says what cannot be listed',
  },
  'malformed': { means: 'a field has a type that no pod has', advice: 'mend what calls; the API server sends no such pod' },
  'mirror-pod': { means: 'the kubelet shows a static pod', advice: 'nothing: it runs where it is' },
  'node-name-set': {
    means: 'spec.nodeName is set, so that no scheduler will see the pod', advice: 'leave it out, if it is to be placed',
  },
  'opted-out': { means: 'label versprei.io/ignore: "true"', advice: 'remove the label, if it is to be placed' },
  'no-controller': { means: 'no ownerReference with controller: true: a bare pod', advice: 'create it by a workload' },
  'daemonset': { means: 'a DaemonSet\'s pod', advice: 'nothing: each of its nodes gets one' },
  'no-distributor': {
    means: 'no PodDistributor in the namespace targets the pod\'s workload',
    advice: 'nothing, or compare spec.target (apiVersion, kind, name, podSelector) with the workload',
  },
  'already-labelled': {
    means: 'the pod template sets a label that Versprei writes; a seat that comes with it is taken off',
    advice: 'remove versprei.io/distributor and versprei.io/group there',
  },
  'distributor-invalid': {
    means: 'the PodDistributor that targets it has mistakes',
    advice: 'mend what the warning names; the log (once, when it is read), versprei plan and versprei admit name all mistakes',
  },
  'seat-out-of-range': { means: 'a StatefulSet ordinal or a Job index of 1048576 or more', advice: 'use smaller ones' },
  'annotations-too-large': {
    means: 'with ours its annotations would exceed the 262144 bytes that all may have', advice: 'shorten them',
  },
  'internal-error': { means: 'deciding failed', advice: 'report what the log says' },
}
