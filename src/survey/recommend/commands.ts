import type { SurveyedOwner } from '../cluster-state.ts'
import type { WorkloadName } from '../finding.ts'
import type { Change } from './recommendation.ts'
import { isRestarted } from './replacing.ts'

const resources: Readonly<Record<string, string>> = { Rollout: 'rollouts.argoproj.io' }

/** As kubectl takes it: `deployment/web`. */
function reference({ kind, name }: WorkloadName): string {
  return `${resources[kind] ?? kind.toLowerCase()}/${name}`
}

/** For a shell: in single quotes, which leave everything as it is but themselves. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** What a person types to make the change, and to have the pods made anew where the controller does not do it by itself. */
export function commandsFor(workload: SurveyedOwner, change: Change): readonly string[] {
  const inNamespace = `kubectl -n ${workload.namespace}`
  const restart = restartOf(workload, inNamespace)
  if (change.kind === 'restart') return restart
  if (change.kind === 'distributor') {
    return [`echo ${quoted(JSON.stringify(change.object))} | kubectl create -f -`, ...restart]
  }
  return [`${inNamespace} patch ${reference(workload)} --type ${change.type} -p ${quoted(JSON.stringify(change.body))}`]
}

/** None where nobody replaces its pods but by hand; kubectl refuses to restart what is paused. */
function restartOf(workload: SurveyedOwner, inNamespace: string): readonly string[] {
  if (!isRestarted(workload)) return []
  if (workload.kind === 'Rollout') return [`kubectl argo rollouts restart ${workload.name} -n ${workload.namespace}`]
  return [`${inNamespace} rollout restart ${reference(workload)}`]
}
