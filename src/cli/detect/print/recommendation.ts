import { stringify } from 'yaml'
import { count } from '../../../survey/count.ts'
import type { Finding } from '../../../survey/finding.ts'
import type { Change, Promised, PromisedLosses, Recommendation } from '../../../survey/recommend/recommendation.ts'
import type { Paint } from '../../colour.ts'
import { printable } from '../../printable.ts'
import { domainName, referenceOf } from './words.ts'

/** What is recommended, a paragraph a workload, for a terminal; empty where nothing is. */
export function drawRecommendations(findings: readonly Finding[], paint: Paint): string {
  return findings.flatMap(({ workload, recommendation }) => {
    if (recommendation === undefined) return []
    const { summary, commands } = recommendation
    const heading = paint(`${printable(workload.namespace)}/${printable(referenceOf(workload))}`, 'bold')
    const lines = notesOf(recommendation).map(line => `  ${printable(line)}`)
    return [`${[`${heading}: ${printable(summary)}`, ...lines, ...commands.map(command => `    ${command}`)].join('\n')}\n`]
  }).join('\n')
}

/** The same for Markdown; what a change is made by, in a block that can be copied. */
export function recommendationsAsMarkdown(findings: readonly Finding[], escape: (text: string) => string): string {
  return findings.flatMap(({ workload, recommendation }) => {
    if (recommendation === undefined) return []
    const { summary, commands, change } = recommendation
    const lines = notesOf(recommendation).map(line => `- ${escape(line)}\n`).join('')
    const blocks = change === undefined ? [] : [block('yaml', asYaml(change)), block('sh', `${commands.join('\n')}\n`)]
    return [`### ${escape(`${workload.namespace}/${referenceOf(workload)}`)}\n\n${escape(summary)}\n\n${lines}\n${blocks.join('\n')}`]
  }).join('\n')
}

/** What it would survive, what else is to be known, and what came of the dry run: a line each. */
export function notesOf(recommendation: Recommendation): readonly string[] {
  return [...promised(recommendation), ...recommendation.notes, ...tried(recommendation)]
}

/** A fence longer than any in the text. */
function block(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/gu)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}${fence}\n`
}

/** What is sent: the patch's body, or the object. */
function asYaml(change: Change): string {
  if (change.kind === 'restart') return '# nothing changes but when the pods were made\n'
  return stringify(change.kind === 'patch' ? change.body : change.object, { aliasDuplicateObjects: false, lineWidth: 0 })
}

function promised({ promise, change }: Recommendation): readonly string[] {
  return promise === undefined || change === undefined ? [] : [`then it survives ${tellPromise(promise)}`]
}

/** `the loss of 2 nodes, 1 zone; enough are left (2 needed by PodDisruptionBudget web) without 1 node`. */
export function tellPromise({ nodes, topology }: Promised): string {
  const more = topology === undefined ? [] : [[topology, domainName(topology.key)] as const]
  const each: readonly (readonly [PromisedLosses, string])[] = [[nodes, 'node'], ...more]
  const need = nodes.untilTooFew
  const enough = each.flatMap(([{ untilTooFew }, what]) => (untilTooFew === undefined ? [] : [count(untilTooFew.losses, what)]))
  return `the loss of ${each.map(([{ untilNone }, what]) => count(untilNone, what)).join(', ')}`
    + (need === undefined || need.losses < 0 ? ''
      : `, and keeps the ${need.least} that ${need.by} needs after that of ${enough.join(', ')}`)
}

function tried({ trial }: Recommendation): readonly string[] {
  if (trial === undefined) return []
  const how = { accepted: 'tried', refused: 'tried, and refused', 'not-tried': 'not tried' }[trial.result]
  return [`${how}: ${trial.said}`]
}
