import { stringify } from 'yaml'
import type { PodExplanation } from '../../survey/explain/explain-pod.ts'
import type { WorkloadExplanation } from '../../survey/explain/explain-workload.ts'
import type { explainOutputs } from '../output-formats.ts'
import { tellPod } from './tell-pod.ts'
import { tellWorkload } from './tell-workload.ts'

export type ExplainOutput = typeof explainOutputs[number]

/** An explanation for people, or the same facts for programs. `missing`: what could not be read, a line each. */
export function print(explanation: PodExplanation | WorkloadExplanation, missing: readonly string[], output: ExplainOutput): string {
  const facts = { ...explanation, missing }
  if (output === 'json') return `${JSON.stringify(facts, undefined, 2)}\n`
  // As JSON has them: what is undefined is left out.
  if (output === 'yaml') return stringify(JSON.parse(JSON.stringify(facts)), { aliasDuplicateObjects: false, lineWidth: 0 })
  return 'wrong' in explanation ? tellWorkload(explanation) : tellPod(explanation)
}
