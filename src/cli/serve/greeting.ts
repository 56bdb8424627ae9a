import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { parseManifests, readFolder } from '../../manifests/read.ts'
import type { Configuration } from '../configuration.ts'
import { workloadKinds } from '../pods-of.ts'
import type { Versprei } from './versprei.ts'

export interface Greeting extends Pick<Versprei, 'url' | 'metricsUrl'>, Pick<Configuration, 'certificates'> {
  readonly manifests: string
  /** What to type for this program where the person stands. */
  readonly program: string
}

/**
 * What a person sees who serves a folder of manifests: where it listens, and what to try in a second terminal. A command is
 * told only when the file that it names is there.
 */
export async function greet({ url, metricsUrl, certificates, manifests, program }: Greeting): Promise<string> {
  const { review, workload } = await findExamples(manifests)
  const authority = join(certificates, 'ca.crt')
  // Certificates of the user's own may come without it: curl then asks the authorities that the machine knows.
  const trust = await access(authority).then(() => `--cacert ${quote(authority)} `, () => '')
  const send = `curl ${trust}-H 'Content-Type: application/json' --data @${quote(review ?? '')} ${quote(url)}`
  const folder = quote(manifests)
  const examples = [
    ...(review === undefined ? [] : [['what the API server asks when a pod is created; the answer holds the patch, in base64', send]]),
    ...(workload === undefined ? []
      : [['where the pods of a workload would go', `${program} admit --manifests ${folder} ${quote(workload)}`]]),
    ['every number of replicas, and how it is divided', `${program} plan --manifests ${folder}`],
  ]
  return [
    '',
    `Versprei answers AdmissionReviews at ${url}, by the PodDistributors in ${manifests}.`,
    `Health and metrics: ${metricsUrl}/readyz, ${metricsUrl}/metrics.`,
    '',
    'Try in a second terminal, in the same folder:',
    '',
    ...examples.flatMap(([what, command]) => [`  # ${what}`, `  ${command}`, '']),
    'Ctrl-C ends it.', '', '',
  ].join('\n')
}

interface Examples {
  /** The first AdmissionReview that can be sent as it stands: JSON. */
  readonly review: string | undefined
  /** The first file with a workload. */
  readonly workload: string | undefined
}

async function findExamples(folder: string): Promise<Examples> {
  // A folder that has gone meanwhile is told by the log.
  const files = await readFolder(folder).catch(() => [])
  const find = (kinds: readonly string[], suffix: string): string | undefined => files.find(one =>
    // Most files need no second parsing: a kind that does not occur in the text is not there.
    one.file.endsWith(suffix) && 'text' in one && kinds.some(kind => one.text.includes(kind))
      && parseManifests(one.file, one.text).manifests.some(({ object }) => kinds.includes(String(object['kind']))))?.file
  return { review: find(['AdmissionReview'], '.json'), workload: find(workloadKinds, '') }
}

/** For a POSIX shell: most words stand for themselves. */
function quote(word: string): string {
  return /^[\w./:@%+,=-]+$/u.test(word) ? word : `'${word.replaceAll('\'', '\'\\\'\'')}'`
}
