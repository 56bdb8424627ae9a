import type { Finding } from '../../../survey/finding.ts'
import { domainsOf } from './nodes.ts'
import type { Picture } from './picture.ts'
import { referenceOf, standing } from './words.ts'

/** The columns, in their order: what a spreadsheet pivots by. */
export const csvColumns = [
  'namespace', 'workload', 'stands', 'wanted', 'pods', 'nodes', 'survives_nodes', 'survives_domains',
  'node', 'domain', 'pods_on_node', 'pod_names',
] as const

/**
 * RFC 4180: a line for each workload and node that has pods of it (one without a node for a workload that has none), lines end in CRLF.
 * `pods_on_node` may be summed; what is of the workload stands in each of its lines.
 */
export function asCsv(picture: Picture): string {
  const domains = domainsOf(picture)
  const rows = picture.survey.findings.flatMap(finding => rowsOf(finding, domains))
  return [csvColumns, ...rows].map(row => `${row.map(cell).join(',')}\r\n`).join('')
}

function rowsOf(finding: Finding, domains: ReadonlyMap<string, string | undefined>): readonly (readonly string[])[] {
  const { workload, wanted, pods, byNode, nodes, topology } = finding
  const whole = [
    workload.namespace, referenceOf(workload), standing(finding), numberOf(wanted), String(pods), String(nodes.domains),
    numberOf(nodes.untilNone), numberOf(topology?.untilNone),
  ]
  if (byNode.length === 0) return [[...whole, '', '', '0', '']]
  return byNode.map(({ domain, pods }) => [...whole, domain, domains.get(domain) ?? '', String(pods.length), pods.join(' ')])
}

const numberOf = (value: number | undefined): string => (value === undefined ? '' : String(value))

/**
 * In quotes where it has to be. A cell that begins like a formula gets an apostrophe in front, for whoever opens the file in a spreadsheet,
 * which would calculate it (OWASP, "CSV Injection"). No name in Kubernetes begins so.
 */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text
  return /[",\r\n]/u.test(harmless) || harmless !== text ? `"${harmless.replaceAll('"', '""')}"` : text
}
