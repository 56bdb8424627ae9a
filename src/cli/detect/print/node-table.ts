import type { Paint } from '../../colour.ts'
import { table } from '../../table.ts'
import { bytes, cores, takenInWords } from './amounts.ts'
import { domainsOf, faultsOf, topologyKey } from './nodes.ts'
import type { Picture } from './picture.ts'
import { printable } from '../../printable.ts'
import { domainName } from './words.ts'

/** What is told where not every pod of a node may be known. */
export const partOfUse = 'What is requested is that of the namespaces that were looked at; others may take more.'

/** Each node, its size, and how much of it its pods request. */
export function nodeTable(picture: Picture, paint: Paint): string {
  const domains = domainsOf(picture)
  const rows = picture.nodes.map(node => {
    const room = node.allocatable['pods']
    return [
      printable(node.name), printable(domains.get(node.name) ?? '-'), faultsOf(node) || 'ready',
      room === undefined ? String(node.pods) : `${node.pods} of ${room}`,
      takenInWords(node, 'cpu', cores), takenInWords(node, 'memory', bytes),
    ]
  })
  const headings = ['NODE', domainName(topologyKey(picture)).toUpperCase(), 'STATE', 'PODS', 'CPU REQUESTED', 'MEMORY REQUESTED']
  const text = table(headings, rows, (cell, row) => (row === 0 ? paint(cell, 'bold') : cell))
  return picture.isUseWhole ? text : `${text}${partOfUse}\n`
}
