/** The kinds that can be explained. */
const kinds = {
  Pod: ['pod', 'pods', 'po'],
  Deployment: ['deployment', 'deployments', 'deploy'],
  StatefulSet: ['statefulset', 'statefulsets', 'sts'],
  ReplicaSet: ['replicaset', 'replicasets', 'rs'],
  Job: ['job', 'jobs'],
  Rollout: ['rollout', 'rollouts', 'ro'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type SubjectKind = keyof typeof kinds
export const subjectKinds = ['Pod', 'Deployment', 'StatefulSet', 'ReplicaSet', 'Job', 'Rollout'] as const satisfies readonly SubjectKind[]

/** What is to be explained. */
export interface Subject {
  readonly kind: SubjectKind
  readonly name: string
}

const usage = 'name it as pod/NAME, deployment/NAME, statefulset/NAME, replicaset/NAME, job/NAME or rollout/NAME'

/**
 * What a person typed: `pod/NAME`, `pod NAME`, by kubectl's names and short names, or as `kubectl get -o name` prints it
 * (`deployment.apps/NAME`). Or what is wrong with it, in a line.
 */
export function parseSubject(words: readonly string[]): Subject | { readonly mistake: string } {
  const [first = '', second, ...more] = words
  const [typed = '', slashed, ...rest] = first.split('/')
  if (more.length > 0 || rest.length > 0 || (slashed !== undefined && second !== undefined)) {
    return { mistake: `one object at a time, not ${words.join(' ')}; ${usage}` }
  }
  const name = slashed ?? second
  if (name === undefined || name === '') return { mistake: `${typed === '' ? 'nothing' : `'${first}'`} is no object; ${usage}` }
  const [kindName = ''] = typed.toLowerCase().split('.')
  const kind = subjectKinds.find(one => kinds[one].some(known => known === kindName))
  if (kind === undefined) return { mistake: `'${typed}' is no kind that can be explained; ${usage}` }
  return /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/u.test(name) ? { kind, name } : { mistake: `'${name}' is no name of an object` }
}
