import { createHash } from 'node:crypto'
import { partOfUse } from '../print/node-table.ts'
import type { Picture } from '../print/picture.ts'
import { beside, summary } from '../print/words.ts'
import { groupColumns } from './columns.ts'
import { nodeList, podLists } from './lists.ts'
import { html, trusted, type Markup } from './markup.ts'
import { matrix } from './matrix.ts'
import { recommendationList } from './recommendations.ts'
import { script } from './script.ts'
import { style } from './style.ts'

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Nothing may be loaded from anywhere, and nothing runs or paints but what was written here, whatever a name may hold. */
const policy = [
  "default-src 'none'", `style-src ${hashOf(style)}`, `script-src ${hashOf(script)}`, 'img-src data:',
  "base-uri 'none'", "form-action 'none'",
].join('; ')

/**
 * One file with all that was found: a picture of nodes by workloads, the pods by name, and the nodes. It asks for nothing, works without
 * its script, and has no text of the cluster that is not escaped.
 */
export function asHtml(picture: Picture): string {
  const title = `Versprei: what shares a node in ${picture.cluster}`
  const { findings } = picture.survey
  const others = beside(picture.survey)
  const whole = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="versprei detect">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
<h1>What shares a node</h1>
<p class="summary">${summary(picture.survey)}</p>
<p class="about">${picture.cluster}, <time datetime="${picture.at.toISOString()}">${minutes(picture.at)}</time></p>
${others === undefined ? html`` : html`<p class="about">${others}</p>
`}${missing(picture)}</header>
<main>
${findings.length === 0 ? html`` : body(picture)}</main>
</body>
</html>
`
  return whole.markup
}

function body(picture: Picture): Markup {
  return html`<section>
<h2 id="matrix-title">Pods of each workload on each node</h2>
<p class="legend">Pods of one workload on one node: <span class="n1">1</span>
<span class="n2">2</span> <span class="n3">3, 4</span>
<span class="n5">5 and more</span></p>
<div id="tools" hidden><label>Filter<input id="filter" type="search" autocomplete="off" spellcheck="false"></label>
<output id="shown" for="filter"></output></div>
${picture.isUseWhole ? html`` : html`<p class="about">${partOfUse}</p>
`}${matrix(picture, groupColumns(picture))}</section>
${recommendationList(picture.survey.findings)}${podLists(picture)}${nodeList(picture)}<script>${trusted(script)}</script>
`
}

function missing({ survey }: Picture): Markup {
  if (survey.missing.length === 0) return html``
  return html`<div class="missing"><p>Not all could be read:</p><ul>${survey.missing.map(line => html`<li>${line}</li>`)}</ul></div>
`
}

/** `2026-01-31 12:00 UTC`. */
const minutes = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
