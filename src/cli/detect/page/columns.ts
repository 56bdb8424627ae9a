import type { NodeUse } from '../../../survey/node-use.ts'
import { domainsOf } from '../print/nodes.ts'
import type { Picture } from '../print/picture.ts'

/** A node, which is a column of the picture. */
export interface NodeColumn {
  readonly name: string
  /** Undefined for a node that has pods and could not be read. */
  readonly use: NodeUse | undefined
}

/** The nodes of a zone, or of another domain that --topology names. */
export interface ColumnGroup {
  /** Undefined: they have no such label, or it is not known. */
  readonly domain: string | undefined
  readonly nodes: readonly NodeColumn[]
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Every node that is known or has pods, by domain and then by name, those without a domain last. */
export function groupColumns(picture: Picture): readonly ColumnGroup[] {
  const domains = domainsOf(picture)
  const uses = new Map(picture.nodes.map(node => [node.name, node]))
  const used = picture.survey.findings.flatMap(({ byNode }) => byNode.map(({ domain }) => domain))
  const groups = new Map<string | undefined, NodeColumn[]>()
  for (const name of [...new Set([...uses.keys(), ...used])].toSorted(byText)) {
    const domain = domains.get(name)
    const group = groups.get(domain) ?? []
    group.push({ name, use: uses.get(name) })
    groups.set(domain, group)
  }
  return [...groups].map(([domain, nodes]) => ({ domain, nodes })).toSorted((a, b) =>
    (a.domain === undefined ? 1 : b.domain === undefined ? -1 : byText(a.domain, b.domain)))
}
