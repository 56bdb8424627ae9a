import { createPaint, wantsColour, type Screen } from '../colour.ts'
import type { Environment } from '../configuration.ts'
import { asHtml } from './page/as-html.ts'
import type { DetectFormat, Output } from './output.ts'
import { asCsv } from './print/as-csv.ts'
import { asJson, asYaml } from './print/as-data.ts'
import { asMarkdown, escapeMarkdown } from './print/as-markdown.ts'
import { asNames } from './print/as-names.ts'
import { asTable } from './print/as-table.ts'
import type { Picture } from './print/picture.ts'
import { drawRecommendations, recommendationsAsMarkdown } from './print/recommendation.ts'

export interface Rendering {
  readonly isWide: boolean
  /** False: --no-color. */
  readonly mayColour: boolean
  readonly environment: Environment
  /** The terminal that it is printed to. */
  readonly screen: Screen | undefined
}

/** A survey in the format that was asked for. A file is no terminal. */
export function render(picture: Picture, { format, file }: Output, { isWide, mayColour, environment, screen }: Rendering): string {
  const terminal = file === undefined ? screen : undefined
  const { findings } = picture.survey
  const paint = createPaint(file === undefined && wantsColour(mayColour, environment, terminal))
  const formats: Readonly<Record<DetectFormat, () => string>> = {
    table: () => join(asTable(picture, { isWide, columns: terminal?.columns, paint }), drawRecommendations(findings, paint)),
    json: () => asJson(picture), yaml: () => asYaml(picture), csv: () => asCsv(picture),
    markdown: () => join(asMarkdown(picture), recommendationsAsMarkdown(findings, escapeMarkdown)),
    name: () => asNames(picture), html: () => asHtml(picture),
  }
  return formats[format]()
}

/** With an empty line between them, where both say something. */
const join = (...parts: readonly string[]): string => parts.filter(part => part !== '').join('\n')
