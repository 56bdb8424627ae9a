import type { PodExplanation } from '../../survey/explain/explain-pod.ts'
import type { WorkloadExplanation } from '../../survey/explain/explain-workload.ts'
import type { explainOutputs } from '../output-formats.ts'
import { printAs } from '../print-as.ts'
import { tellPod } from './tell-pod.ts'
import { tellWorkload } from './tell-workload.ts'

export type ExplainOutput = typeof explainOutputs[number]

/** An explanation for people, or the same facts for programs. `missing`: what could not be read, a line each. */
export function print(explanation: PodExplanation | WorkloadExplanation, missing: readonly string[], output: ExplainOutput): string {
  return printAs(output === 'text' ? 'table' : output, { ...explanation, missing },
    () => ('revisions' in explanation ? tellWorkload(explanation) : tellPod(explanation)))
}
