import { asMap } from '../../placement/is-map.ts'
import type { Asked } from './asked.ts'
import { fail, ok, warn, type Line } from './line.ts'

/** Kubernetes 1.30: the first with what is relied on (matchConditions, ValidatingAdmissionPolicy, the CRD's rules). */
const oldest = { major: 1, minor: 30 }

/** Whether the API server is reached, and new enough. `version`: what /version said. */
export function judgeCluster(server: string, version: Asked<string>): Line {
  if (version.kind === 'forbidden') {
    return warn('cluster', `${server} is reached, and does not tell its version`, `ask with an account that may ${version.right}`)
  }
  if (version.kind !== 'found') {
    const why = version.kind === 'failed' ? version.message.replace(/^GET \S+: /u, '') : 'it knows no /version'
    return fail('cluster', `${server} is not reached: ${why}`, 'look at --kubeconfig and --context, and whether kubectl version answers')
  }
  const { gitVersion, major, minor } = parse(version.value)
  // Providers write such as "30+".
  const [first, second] = [Number.parseInt(String(major), 10), Number.parseInt(String(minor), 10)]
  if (Number.isNaN(first) || Number.isNaN(second)) {
    return warn('cluster', `${server} answers, but not as a Kubernetes API server does`, 'look at --kubeconfig and --context')
  }
  const what = `${server}, Kubernetes ${typeof gitVersion === 'string' ? gitVersion : `${first}.${second}`}`
  const isOld = first < oldest.major || (first === oldest.major && second < oldest.minor)
  return isOld ? fail('cluster', what, `Versprei needs Kubernetes ${oldest.major}.${oldest.minor} or later`) : ok('cluster', what)
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return asMap(JSON.parse(text))
  } catch {
    return {}
  }
}
