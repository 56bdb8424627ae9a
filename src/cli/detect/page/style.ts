/** How the page looks: light or dark as its reader has it, and on paper. A cell's shade says what its number says. */
export const style = `
:root {
  color-scheme: light dark; --cell: 1.75rem; --node: 1.75rem; --name: 19rem;
  --page: #fff; --ink: #1b1f24; --faint: #59636e; --line: #d7dce1; --head: #f4f6f8; --link: #0a58ca; --hover: #e9eef5;
  --n1: #d3e9d6; --n2: #ffe08a; --n3: #fdb26b; --n5: #b3261e; --n5-ink: #fff; --bad: #b3261e; --warn: #8a5a00;
  --u: 59, 110, 180;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --ink: #e6e9ec; --faint: #9aa4ae; --line: #32383f; --head: #1e2328; --link: #80b3ff; --hover: #252c34;
    --n1: #234a2c; --n2: #6b5200; --n3: #8a4500; --n5: #ffb4ab; --n5-ink: #3b0704; --bad: #ff8a80; --warn: #f0c060;
    --u: 90, 140, 210;
  }
}
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1rem 1.5rem 3rem; background: var(--page); color: var(--ink); font: 14px/1.45 system-ui, sans-serif }
h1 { margin: 0; font-size: 1.3rem }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.05rem }
h3 { margin: 1rem 0 .2rem; font-size: 1rem; overflow-wrap: anywhere }
pre { margin: .3rem 0; padding: .4rem .6rem; background: var(--head); white-space: pre-wrap; overflow-wrap: anywhere }
p { margin: .3rem 0 }
a { color: var(--link) }
small, .about { color: var(--faint) }
.summary { font-size: 1.1rem }
.missing { margin: .8rem 0; padding: .5rem 1rem; border-left: .3rem solid var(--warn); background: var(--head) }
.missing ul { margin: .2rem 0; padding-left: 1.2rem }
.legend span { display: inline-block; min-width: var(--cell); margin-right: .2rem; padding: 0 .4rem; text-align: center }
.legend { margin: .6rem 0 }
#tools { display: flex; gap: 1rem; align-items: center; margin: .6rem 0 }
#tools[hidden] { display: none }
input { margin-left: .4rem; padding: .25rem .5rem; width: 22rem; max-width: 60vw;
  border: 1px solid var(--faint); border-radius: .25rem; background: var(--page); color: inherit; font: inherit }
:focus-visible { outline: 2px solid var(--link); outline-offset: 1px }
.scroll { max-height: 82vh; overflow: auto; border: 1px solid var(--line) }
table { border-collapse: separate; border-spacing: 0; font-variant-numeric: tabular-nums }
#matrix { table-layout: fixed; width: 0 }
col.name { width: var(--name) } col.stands { width: 8.5rem } col.pods { width: 4.5rem } col.survives { width: 8.5rem }
col.node { width: var(--node) }
#matrix.few { --node: 7rem }
th { font-weight: 600; text-align: left }
#matrix th, #matrix td { height: var(--cell); padding: 0 .5rem; border-bottom: 1px solid var(--line);
  white-space: nowrap; overflow: clip; text-overflow: ellipsis }
#matrix thead th { position: sticky; top: 0; z-index: 2; background: var(--head); vertical-align: bottom }
#matrix thead th:first-child { z-index: 3 }
#matrix thead tr:first-child th { height: var(--cell) }
[scope=colgroup] span { position: sticky; left: calc(var(--name) + .5rem) }
#matrix thead tr + tr th { top: var(--cell); padding: .4rem 0; text-align: center }
#matrix tbody th, #matrix thead tr:first-child th:first-child {
  position: sticky; left: 0; background: var(--head); border-right: 1px solid var(--line) }
#matrix tbody th { z-index: 1; font-weight: 400 }
th.node span { display: inline-block; max-height: 12rem; writing-mode: vertical-rl; transform: rotate(180deg);
  font-size: .75rem; font-weight: 400; line-height: var(--cell); text-align: start;
  overflow: hidden; text-overflow: ellipsis }
th.faulty { color: var(--bad) }
#matrix .edge { border-left: 1px solid var(--faint) }
#matrix td.g {
  background: repeating-linear-gradient(to right, transparent 0 calc(var(--node) - 1px), var(--line) calc(var(--node) - 1px) var(--node)) }
#matrix td[class^=n], #matrix td[class^=u] { padding: 0; text-overflow: clip; text-align: center; border-right: 1px solid var(--line) }
.n1 { background: var(--n1) } .n2 { background: var(--n2); font-weight: 600 } .n3 { background: var(--n3); font-weight: 700 }
.n5 { background: var(--n5); color: var(--n5-ink); font-weight: 700 }
.use td { font-size: .7rem }
.u1 { background: rgba(var(--u), .1) } .u2 { background: rgba(var(--u), .2) } .u3 { background: rgba(var(--u), .3) }
.u4 { background: rgba(var(--u), .45) } .u5 { background: rgba(var(--u), .6) }
.single-node th { box-shadow: inset .3rem 0 var(--bad) } .single-node td:nth-child(2) { color: var(--bad); font-weight: 700 }
.shares-nodes td:nth-child(2) { color: var(--warn); font-weight: 600 }
#workloads tr:hover > * { background-color: var(--hover) }
#workloads tr:hover > .n1 { background-color: var(--n1) } #workloads tr:hover > .n2 { background-color: var(--n2) }
#workloads tr:hover > .n3 { background-color: var(--n3) } #workloads tr:hover > .n5 { background-color: var(--n5) }
button { padding: 0; border: 0; background: none; color: inherit; font: inherit; text-align: left; cursor: pointer }
button::after { content: ' \\2195'; color: var(--faint) }
[aria-sort=ascending] button::after { content: ' \\2191' } [aria-sort=descending] button::after { content: ' \\2193' }
summary { cursor: pointer }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .3rem 0 .8rem 1.2rem; overflow-wrap: anywhere }
dt { max-width: 30rem } dt.apart { color: var(--faint) } dd { margin: 0 }
dl:target { outline: 2px solid var(--link); outline-offset: .2rem }
.nodes { margin-top: .5rem } .nodes th, .nodes td { padding: .1rem 1rem .1rem 0; text-align: left; border-bottom: 1px solid var(--line) }
@media (max-width: 60rem) { :root { --name: 11rem } body { padding: .5rem } }
@media print {
  @page { size: landscape; margin: 1cm }
  :root { --cell: 1.1rem; --node: .7rem; --name: 11rem }
  body { padding: 0; font-size: 9px; print-color-adjust: exact; -webkit-print-color-adjust: exact }
  .scroll { max-height: none; overflow: visible; border: 0 }
  #matrix th, [scope=colgroup] span { position: static !important }
  #matrix td[class^=n], #matrix td[class^=u] { font-size: .5rem }
  #matrix:not(.few) th.node span { font-size: .5rem; line-height: var(--node) }
  col.survives { width: 5rem } col.stands { width: 6rem } col.pods { width: 3rem }
  #tools, button::after { display: none }
  details::details-content { content-visibility: visible; block-size: auto }
}
`
