import type { Line } from '../../src/cli/check/line.ts'
import { run } from '../../src/cli/program.ts'
import { waitFor } from './cluster.ts'

export interface Checked {
  readonly code: number
  readonly lines: readonly Line[]
  /** The status of each line, by the name of its check. */
  readonly statuses: Readonly<Record<string, string>>
}

/** `versprei check` as a user of a kubeconfig has it. */
export const check = async (kubeconfig = process.env['KUBECONFIG'] ?? ''): Promise<Checked> => {
  let [out, err] = ['', '']
  const never = new Promise<NodeJS.Signals>(() => undefined)
  const code = await run(['check', '-o', 'json', '--kubeconfig', kubeconfig], {
    environment: {}, stdin: async () => '', now: () => new Date(), screen: () => undefined, signals: () => [never, never],
    stdout: text => { out += text }, stderr: text => { err += text },
  })
  if (err !== '') throw new Error(err)
  const lines: readonly Line[] = JSON.parse(out)
  return { code, lines, statuses: Object.fromEntries(lines.map(({ check, status }) => [check, status])) }
}

/** Of an installation by config, whose replicas are called by a URL. */
export const good = {
  cluster: 'ok', clock: 'ok', rights: 'ok', crd: 'ok', registration: 'ok', endpoints: 'skip', 'ca-bundle': 'ok', certificate: 'ok',
  replicas: 'ok', leader: 'ok', account: 'ok', policy: 'ok', distributors: 'ok', 'dry-run': 'ok', 'fail-open': 'ok',
}

/** Until a line is as it should be: the API server's own view of rights and webhooks follows what is stored a moment later. */
export const checkUntil = (what: string, isSo: (checked: Checked) => boolean) => waitFor(what, async () => {
  const checked = await check()
  if (!isSo(checked)) throw new Error(JSON.stringify(checked.lines))
  return checked
}, { timeout: 90_000, interval: 500 })
