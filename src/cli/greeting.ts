import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Versprei } from './versprei.ts'

/** What a person sees who serves a folder of manifests: where it listens, and what to try in a second terminal. */
export async function greet({ url, metricsUrl }: Pick<Versprei, 'url' | 'metricsUrl'>, manifests: string, certificates: string): Promise<string> {
  const review = join(manifests, 'review.json')
  const hasReview = await access(review).then(() => true, () => false)
  const send = `  curl --cacert ${join(certificates, 'ca.crt')} -H 'Content-Type: application/json' --data @${review} ${url}`
  return [
    '',
    `Versprei answers AdmissionReviews at ${url}, by the PodDistributors in ${manifests}.`,
    `Health and metrics: ${metricsUrl}/readyz, ${metricsUrl}/metrics.`,
    '',
    'Try in a second terminal:',
    '',
    ...(hasReview ? [send] : []),
    `  npx versprei plan --manifests ${manifests}`,
    '',
    'Ctrl-C ends it.', '', '',
  ].join('\n')
}
