import { entryName } from '../../controllers/webhook-entry.ts'
import { isUnknown, type Asked } from './asked.ts'
import { ok, skip, warn, type Line } from './line.ts'

const metric = 'apiserver_admission_webhook_fail_open_count'

/** How many calls of ours this API server has let through without an answer since it started; `text`: all its metrics. */
export function failOpenCount(text: string): number {
  return text.split('\n').filter(line => line.startsWith(`${metric}{`) && line.includes(`name="${entryName}"`))
    .reduce((sum, line) => sum + (Number(line.slice(line.lastIndexOf(' ') + 1)) || 0), 0)
}

/** Whether pods went unplaced because Versprei did not answer. Only who may read the API server's metrics can be told. */
export function judgeFailOpen(metrics: Asked<string>): Line {
  if (isUnknown(metrics)) {
    return skip('fail-open', metrics.kind === 'forbidden' ? `not asked: that needs the right to ${metrics.right}`
      : `not known: ${metrics.message}`)
  }
  const count = metrics.kind === 'found' ? failOpenCount(metrics.value) : undefined
  if (count === undefined) return skip('fail-open', 'this API server has no /metrics')
  return count === 0
    ? ok('fail-open', 'no call has been let through unanswered since this API server started')
    : warn('fail-open', `${count} calls have been let through unanswered since this API server started`,
      'their pods are adopted where they stand; if the count still rises, see replicas, and whether the API server\'s network reaches them')
}
