import { runCommand } from '../cli/run-command.ts'
import type { Finding, Survey } from '../../src/survey/finding.ts'

export interface Detected {
  readonly code: number
  readonly err: string
  readonly findings: readonly Finding[]
}

/** `versprei detect -o json` as whoever has this kubeconfig runs it. */
export async function detect(args: readonly string[], kubeconfig = process.env['KUBECONFIG'] ?? ''): Promise<Detected> {
  const { code, out, err } = await runCommand(['detect', '--kubeconfig', kubeconfig, '-o', 'json', ...args])
  if (code === 2) throw new Error(err)
  const { findings }: Survey = JSON.parse(out)
  return { code, err, findings }
}
