import { isAffected, type Picture } from './picture.ts'
import { printable } from '../../printable.ts'
import { apartOf, keepsEnough, podsOf, referenceOf, standing, summary, survives } from './words.ts'

/** For an issue or a comment of a pull request: the summary, then a table of the workloads that share nodes. */
export function asMarkdown({ survey }: Picture): string {
  const affected = survey.findings.filter(isAffected)
  const missing = survey.missing.map(line => `- not read: ${escapeMarkdown(line)}\n`).join('')
  const top = `**${escapeMarkdown(summary(survey))}**\n${missing === '' ? '' : `\n${missing}`}`
  if (affected.length === 0) return top
  const headings = ['Namespace', 'Workload', 'Stands', 'Pods', 'Nodes', 'Survives', 'Enough without', 'Not counted', 'Shared nodes']
  const rows = affected.map(finding => [
    finding.workload.namespace, referenceOf(finding.workload), standing(finding), podsOf(finding),
    String(finding.nodes.domains), survives(finding), keepsEnough(finding), apartOf(finding),
    finding.shared.map(({ domain, pods }) => `${domain}: ${pods.length}`).join(', '),
  ])
  const lines = [headings, headings.map(() => '---'), ...rows.map(row => row.map(escapeMarkdown))]
  return `${top}\n${lines.map(line => `| ${line.join(' | ')} |\n`).join('')}`
}

/** As text alone: what would be markup, a column or a line of its own, or the name of a person, is none. */
export function escapeMarkdown(text: string): string {
  return printable(text).replaceAll(/[\\`*_{}[\]<>()#!|~@&$]/gu, one => entities.get(one) ?? `\\${one}`)
}

/** Those that a backslash does not keep from their meaning everywhere. */
const entities: ReadonlyMap<string, string> = new Map([['@', '&#64;'], ['<', '&lt;'], ['&', '&amp;']])
