import { isAffected, type Picture } from './picture.ts'
import { referenceOf } from './words.ts'

/**
 * What kubectl takes, a workload a line: `deployment.apps/web -n shop`, of those that share nodes. For
 * `versprei detect -o name | xargs -L1 kubectl describe`: what no name of Kubernetes has, `xargs` among others would take for
 * more than text.
 */
export function asNames({ survey }: Picture): string {
  return survey.findings.filter(isAffected)
    .map(({ workload }) => `${plain(referenceOf(workload))} -n ${plain(workload.namespace)}\n`).join('')
}

const plain = (text: string): string => text.replaceAll(/[^\w./:-]/gu, '?')
