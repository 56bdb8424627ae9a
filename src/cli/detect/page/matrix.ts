import type { Finding } from '../../../survey/finding.ts'
import { bytes, cores, percentTaken, takenInWords } from '../print/amounts.ts'
import { faultsOf, topologyKey } from '../print/nodes.ts'
import type { Picture } from '../print/picture.ts'
import { domainName, podsOf, standing, survives } from '../print/words.ts'
import type { ColumnGroup, NodeColumn } from './columns.ts'
import { html, type Markup } from './markup.ts'

/** A run of columns without a pod is one cell; the HTML standard allows it to span no more. */
const longestSpan = 1000

/** The columns of a workload itself, before those of the nodes: what they are called and what the script sorts them by. */
const own = [['Workload', 'text'], ['Stands', 'text'], ['Pods', 'number'], ['Survives', 'number']] as const

/** So many nodes have wide columns: there is room for them. */
const fewest = 10

/**
 * Workloads by nodes, and how many pods each has there. It is one table, so that it reads without colours, styles and script; cells
 * without pods are joined, so that 200 workloads on 100 nodes are some thousand cells.
 */
export function matrix(picture: Picture, groups: readonly ColumnGroup[]): Markup {
  const columns = groups.reduce((sum, { nodes }) => sum + nodes.length, 0)
  const ending = sharedEnding(groups.flatMap(({ nodes }) => nodes.map(({ name }) => name)))
  return html`<div class="scroll" role="region" aria-labelledby="matrix-title" tabindex="0">
<table id="matrix"${columns > fewest ? html`` : html` class="few"`} aria-labelledby="matrix-title">
<colgroup><col class="name"><col class="stands"><col class="pods"><col class="survives"></colgroup>
<colgroup><col class="node" span="${columns}"></colgroup>
<thead>
<tr>${own.map(([name, sort]) => html`<th scope="col" rowspan="2" data-sort="${sort}">${name}</th>`)}
${groups.map(groupHeading(picture))}</tr>
<tr>${groups.flatMap(({ nodes }) => nodes.map(nodeHeading(ending)))}</tr>
</thead>
<tbody class="use">
${useRow('cpu', groups, cores)}
${useRow('memory', groups, bytes)}
</tbody>
<tbody id="workloads">
${picture.survey.findings.map((finding, index) => row(finding, index, groups))}</tbody>
</table>
</div>
`
}

function groupHeading(picture: Picture): (group: ColumnGroup) => Markup {
  const what = domainName(topologyKey(picture))
  return ({ domain, nodes }) => {
    const name = domain === undefined ? `no ${what} known` : `${what} ${domain}`
    return html`<th scope="colgroup" colspan="${nodes.length}" class="edge" title="${name}"><span>${name}</span></th>`
  }
}

/** Characters of a node's name, and of what is the matter with it, that have room above its column. */
const longestName = 24

/** The domain that the nodes' names all end in (`.eu-west-1.compute.internal`), which tells none of them from another. */
function sharedEnding(names: readonly string[]): string {
  const [first = '', ...others] = names
  const endings = first.split('.').map((_, part, parts) => `.${parts.slice(part + 1).join('.')}`).filter(ending => ending !== '.')
  return others.length === 0 ? '' : endings.find(ending => names.every(name => name.endsWith(ending))) ?? ''
}

/** What tells a node from others is more often at the end of its name than at its begin: what is too long loses some of its middle. */
function shortened(name: string, length: number): string {
  return name.length <= length ? name : `${name.slice(0, Math.floor(length / 3))}…${name.slice(-Math.floor(length * 2 / 3) + 1)}`
}

function nodeHeading(ending: string): (column: NodeColumn, index: number) => Markup {
  return ({ name, use }, index) => {
    const faults = use === undefined ? '' : faultsOf(use)
    const behind = faults === '' ? '' : `, ${faults}`
    const shown = `${shortened(name.slice(0, name.length - ending.length), longestName - behind.length)}${behind}`
    const whole = `${name}${behind}`
    const classes = ['node', ...(index === 0 ? ['edge'] : []), ...(faults === '' ? [] : ['faulty'])].join(' ')
    const label = shown === whole ? html`` : html` aria-label="${whole}"`
    return html`<th scope="col" class="${classes}" title="${whole}"${label}><span>${shown}</span></th>`
  }
}

/** How much of each node is taken, in percent, in six shades. */
function useRow(resource: string, groups: readonly ColumnGroup[], say: (amount: number) => string): Markup {
  const cells = groups.flatMap(({ nodes }) => nodes.map(({ name, use }, index) => {
    const edge = index === 0 ? ' edge' : ''
    const percent = use === undefined ? undefined : percentTaken(use, resource)
    if (use === undefined || percent === undefined) return html`<td class="u${edge}">-</td>`
    const title = `${name}: ${takenInWords(use, resource, say)}`
    return html`<td class="u${Math.min(5, Math.floor(percent / 20))}${edge}" title="${title}">${percent}</td>`
  }))
  return html`<tr><th scope="row">${resource} requested, %</th><td colspan="3"></td>${cells}</tr>`
}

function row(finding: Finding, index: number, groups: readonly ColumnGroup[]): Markup {
  const { workload: { namespace, kind, name } } = finding
  const stands = standing(finding)
  return html`<tr id="w${index}" class="${stands.replaceAll(' ', '-')}">\
<th scope="row"><a href="#p${index}">${namespace}/${name}</a> <small>${kind}</small></th>\
<td>${stands}</td><td>${podsOf(finding)}</td><td>${survives(finding)}</td>${cells(finding, groups)}</tr>
`
}

/** Cells with pods, and between them what is empty, up to where a group ends. */
function cells({ byNode }: Finding, groups: readonly ColumnGroup[]): readonly Markup[] {
  const counts = new Map(byNode.map(({ domain, pods }) => [domain, pods.length]))
  return groups.flatMap(({ nodes }) => {
    const found: Markup[] = []
    let gap = 0
    const edge = (): string => (found.length === 0 ? ' edge' : '')
    const close = (): void => {
      while (gap > 0) {
        const span = Math.min(gap, longestSpan)
        found.push(html`<td class="g${edge()}" colspan="${span}"></td>`)
        gap -= span
      }
    }
    for (const { name } of nodes) {
      const count = counts.get(name) ?? 0
      if (count === 0) gap += 1
      else {
        close()
        found.push(html`<td class="n${shade(count)}${edge()}" title="${name}">${count}</td>`)
      }
    }
    close()
    return found
  })
}

/** One pod is as it should be; from there it gets worse. */
function shade(count: number): 1 | 2 | 3 | 5 {
  if (count < 3) return count < 2 ? 1 : 2
  return count < 5 ? 3 : 5
}
