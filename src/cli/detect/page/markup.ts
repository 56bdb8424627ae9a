import { printable } from '../../printable.ts'

/** A piece of HTML. Only `html` makes one of texts, and only `trusted` of what is our own. */
export interface Markup {
  readonly markup: string
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** A template whose texts are escaped, within elements and within quoted attributes alike; pieces of HTML stay what they are. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | number | Markup | readonly Markup[])[]): Markup {
  return { markup: parts.map((part, index) => (index === 0 ? part : `${write(values[index - 1] ?? '')}${part}`)).join('') }
}

/** What nobody but this program wrote. */
export const trusted = (markup: string): Markup => ({ markup })

function write(value: string | number | Markup | readonly Markup[]): string {
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return printable(value).replaceAll(/[&<>"']/gu, one => entities[one] ?? one)
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('')
}
