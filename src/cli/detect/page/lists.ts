import { count } from '../../../survey/count.ts'
import type { Finding } from '../../../survey/finding.ts'
import type { NodeUse } from '../../../survey/node-use.ts'
import { bytes, cores, takenInWords } from '../print/amounts.ts'
import { domainsOf, faultsOf, topologyKey } from '../print/nodes.ts'
import type { Picture } from '../print/picture.ts'
import { domainName, keepsEnough } from '../print/words.ts'
import { html, type Markup } from './markup.ts'

/** Which pods stand where, workload by workload; what the picture links to. A browser opens the one that a link leads into. */
export function podLists({ survey }: Picture): Markup {
  return html`<section><h2>Pods by node</h2>
${survey.findings.map(podList)}</section>
`
}

function podList(finding: Finding, index: number): Markup {
  const { workload: { namespace, name, kind }, pods, byNode, apart } = finding
  const enough = keepsEnough(finding)
  const others = ([
    ['Pending', apart.pending], ['Leaving', apart.leaving], ['Finished', apart.finished], ['Their node is gone', apart.nodeGone],
  ] as const).filter(([, names]) => names.length > 0)
  const size = `${kind}, ${count(pods, 'pod')} on ${count(byNode.length, 'node')}`
  return html`<details><summary>${namespace}/${name} <small>${size}</small></summary>\
<dl id="p${index}">\
${enough === '-' ? [] : [html`<dt>Enough without</dt><dd>${enough}</dd>`]}\
${byNode.map(one => html`<dt>${one.domain}</dt><dd>${one.pods.join(', ')}</dd>`)}\
${others.map(([why, names]) => html`<dt class="apart">${why}, not counted</dt><dd>${names.join(', ')}</dd>`)}\
</dl></details>
`
}

/** Each node, its size and how much of it is taken. */
export function nodeList(picture: Picture): Markup {
  if (picture.nodes.length === 0) return html``
  const domains = domainsOf(picture)
  const headings = ['Node', domainName(topologyKey(picture)), 'State', 'Pods', 'cpu requested', 'memory requested']
  return html`<section><h2>Nodes</h2>
<details><summary>${count(picture.nodes.length, 'node')}, and how much of them is taken</summary>
<table class="nodes"><thead><tr>${headings.map(heading => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>
${picture.nodes.map(node => nodeRow(node, domains.get(node.name)))}</tbody></table></details></section>
`
}

function nodeRow(node: NodeUse, domain = '-'): Markup {
  const cells = [
    domain, faultsOf(node) || 'ready', `${node.pods} of ${node.allocatable['pods'] ?? '?'}`,
    takenInWords(node, 'cpu', cores), takenInWords(node, 'memory', bytes),
  ]
  return html`<tr><th scope="row">${node.name}</th>${cells.map(cell => html`<td>${cell}</td>`)}</tr>
`
}
