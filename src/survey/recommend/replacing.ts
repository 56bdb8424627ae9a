import type { SurveyedOwner } from '../cluster-state.ts'

/** Why its pods are not made anew by themselves when the template changes; undefined where its controller replaces them all. */
export function whyKept({ kind, holdsBack }: Pick<SurveyedOwner, 'kind' | 'holdsBack'>): string | undefined {
  if (kind === 'ReplicaSet') return 'nobody replaces the pods of a ReplicaSet of its own: delete them, one after another'
  switch (holdsBack?.by) {
    case 'paused': return 'it is paused: nobody replaces its pods until it goes on'
    case 'on-delete': return 'nobody replaces its pods, by its updateStrategy OnDelete: delete them, one after another'
    case 'partition': return `its updateStrategy has the partition ${holdsBack.below}: pods with a lower ordinal stay until that is 0`
    case undefined: break
  }
  return undefined
}

/** Whether a restart makes pods anew: a pod of a partition's lower part comes back as it was, the others do come anew. */
export function isRestarted({ kind, holdsBack }: Pick<SurveyedOwner, 'kind' | 'holdsBack'>): boolean {
  return kind !== 'ReplicaSet' && (holdsBack === undefined || holdsBack.by === 'partition')
}
