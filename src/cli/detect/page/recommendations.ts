import type { Finding } from '../../../survey/finding.ts'
import { notesOf } from '../print/recommendation.ts'
import { referenceOf } from '../print/words.ts'
import { html, type Markup } from './markup.ts'

/** How workloads would be spread, with the commands to copy; nothing where nothing is recommended. */
export function recommendationList(findings: readonly Finding[]): Markup {
  const advised = findings.flatMap(({ workload, recommendation }) => {
    if (recommendation === undefined) return []
    const { summary, commands } = recommendation
    return [html`<section><h3>${workload.namespace}/${referenceOf(workload)}</h3>
<p>${summary}</p>
<ul>${notesOf(recommendation).map(line => html`<li>${line}</li>`)}</ul>
${commands.map(command => html`<pre>${command}</pre>
`)}</section>
`]
  })
  return advised.length === 0 ? html`` : html`<section id="recommendations"><h2>How they would be spread</h2>
${advised}</section>
`
}
