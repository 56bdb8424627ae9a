import type { ClusterState, SurveyedBudget, SurveyedNode, SurveyedOwner, SurveyedPod } from '../../src/survey/cluster-state.ts'

export const aNode = (name: string, labels: SurveyedNode['labels'] = {}): SurveyedNode =>
  ({ name, labels, taints: [], isReady: true, isUnschedulable: false, allocatable: { cpu: 4000 } })

type Named = Pick<SurveyedOwner, 'group' | 'kind' | 'name' | 'uid'>

/** Its uid is its kind and name, unless that is given. */
export const anOwner = (kind: string, name: string, more: Partial<SurveyedOwner> = {}): SurveyedOwner => ({
  group: kind.endsWith('Job') ? 'batch' : kind === 'Rollout' ? 'argoproj.io' : 'apps', kind, namespace: 'shop', name, uid: `${kind}/${name}`, labels: {},
  owner: undefined, replicas: 3, isAsked: true, template: undefined, ...more,
})

/** As an object names its controller. */
export const by = ({ group, kind, name, uid }: Named): Named => ({ group, kind, name, uid })

/** A ReplicaSet that links pods to its Deployment. */
export const aRevision = (deployment: SurveyedOwner, name: string): SurveyedOwner =>
  anOwner('ReplicaSet', name, { namespace: deployment.namespace, owner: by(deployment), isAsked: false, replicas: undefined })

export const aPod = (name: string, owner: Named | undefined, node: string | undefined, more: Partial<SurveyedPod> = {}): SurveyedPod => ({
  namespace: 'shop', name, uid: `pod/${name}`, labels: {}, annotations: {}, owner: owner && by(owner), phase: node === undefined ? 'Pending' : 'Running',
  isReady: true, isLeaving: false, node, requests: {}, unschedulable: undefined, ...more,
})

export const aBudget = (name: string, more: Partial<SurveyedBudget>): SurveyedBudget =>
  ({ namespace: 'shop', name, selector: {}, minAvailable: undefined, maxUnavailable: undefined, desiredHealthy: undefined, ...more })

/** Nodes n1 to n9; every kind was read. */
export const aState = (more: Partial<ClusterState>): ClusterState => ({
  pods: [], nodes: Array.from({ length: 9 }, (_, index) => aNode(`n${index + 1}`)), owners: [], budgets: [], areNodesKnown: true, missing: [],
  wholeKinds: ['apps/Deployment', 'apps/ReplicaSet', 'apps/StatefulSet', 'batch/Job', 'batch/CronJob'], ...more,
})
