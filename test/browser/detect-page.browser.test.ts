import t from 'tap'
import { asHtml } from '../../src/cli/detect/page/as-html.ts'
import { largePicture } from '../cli/detect/large-picture.ts'
import { finding, node, picture, shop } from '../cli/detect/pictures.ts'
import { openBrowser, openPage } from './page.ts'

const chromium = await openBrowser(t)
const large = largePicture()
const { findings } = large.survey
const text = asHtml(large)

/** In the page: for each workload its pods by node, read off where the cells stand below the headings. */
const readMatrix = `(() => {
  const nodes = [...document.querySelectorAll('#matrix thead tr:last-child th')].map(head => head.title.split(', ')[0])
  return [...document.querySelectorAll('#workloads tr')].map(row => {
    const counts = {}
    let column = -4
    for (const cell of row.cells) {
      if (column >= 0 && cell.textContent !== '') counts[nodes[column]] = Number(cell.textContent)
      column += cell.colSpan
    }
    return { name: row.cells[0].querySelector('a').textContent, columns: column, counts }
  })
})()`

void t.test('200 workloads on 100 nodes: every count stands below its node; nothing is asked for, and the console is empty', async t => {
  const page = await openPage(t, chromium, text)
  t.same(await page.evaluate(readMatrix), findings.map(({ workload, byNode }) => ({
    name: `${workload.namespace}/${workload.name}`, columns: 100, counts: Object.fromEntries(byNode.map(({ domain, pods }) => [domain, pods.length])),
  })))
  t.same(await page.evaluate(`[...document.querySelectorAll('thead [scope=colgroup]')].map(head => [head.textContent, head.colSpan])`),
    [['zone europe-west4-a', 34], ['zone europe-west4-b', 33], ['zone europe-west4-c', 33]])
  t.same(page.requests(), [page.url])
  t.same(page.told, [])
  await page.shoot('light')
  const elements = await page.evaluate<number>(`document.querySelectorAll('*').length`)
  const { loadEventEnd } = await page.evaluate<{ readonly loadEventEnd: number }>(`performance.getEntriesByType('navigation')[0].toJSON()`)
  t.comment(`${Math.round(text.length / 1024)} KiB, ${elements} elements, loaded in ${Math.round(loadEventEnd)} ms`)
  t.ok(elements < 25_000, `${elements} elements`)
  t.ok(text.length < 1024 * 1024, `${text.length} bytes`)
})

void t.test('headings and names of workloads stay in sight, on top of what scrolls beneath them', async t => {
  const page = await openPage(t, chromium, text)
  const seen = await page.evaluate(`(async () => {
    const scroll = document.querySelector('.scroll')
    scroll.scrollIntoView()
    scroll.scrollTo(1500, 3000)
    await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    const at = scroll.getBoundingClientRect()
    const topAt = (x, y) => document.elementFromPoint(at.left + x, at.top + y)?.closest('th, td')
    const row = topAt(20, 400)
    return {
      scrolled: [scroll.scrollLeft, scroll.scrollTop], corner: topAt(20, 10).textContent, zone: topAt(700, 10).scope, zoneName: topAt(360, 10).textContent,
      isZoneNameInSight: topAt(360, 10).firstElementChild.getBoundingClientRect().left > topAt(20, 10).getBoundingClientRect().right, node: topAt(700, 100).className,
      row: [row.scope, row.parentElement.parentElement.id], first: topAt(20, 400).textContent !== 'team-0/app-0 Deployment',
    }
  })()`)
  t.same(seen, {
    scrolled: [1500, 3000], corner: 'Workload', zone: 'colgroup', zoneName: 'zone europe-west4-b', isZoneNameInSight: true, node: 'node', row: ['row', 'workloads'], first: true,
  })
  await page.shoot('scrolled')
})

void t.test('the filter takes words from the keyboard, and shows what has them all', async t => {
  const page = await openPage(t, chromium, text)
  const count = `({
    rows: [...document.querySelectorAll('#workloads tr')].filter(row => row.checkVisibility()).length,
    lists: [...document.querySelectorAll('section > details')].filter(list => list.checkVisibility() && list.querySelector('dl')).length,
    told: document.getElementById('shown').textContent,
  })`
  await page.call('Input.dispatchKeyEvent', { type: 'keyDown', key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9 })
  t.equal(await page.evaluate(`document.activeElement.id`), 'filter', 'it is the first thing that a Tab leads to')
  await page.call('Input.insertText', { text: 'SINGLE team-1' })
  t.same(await page.evaluate(count), { rows: 3, lists: 3, told: '3 of 200 shown' }, 'team-1, team-10 and team-11')
  await page.shoot('filtered')
  await page.evaluate(`document.getElementById('filter').select()`)
  await page.call('Input.insertText', { text: 'no such thing' })
  t.same(await page.evaluate(count), { rows: 0, lists: 0, told: '0 of 200 shown' })
  await page.evaluate(`document.getElementById('filter').select()`)
  await page.call('Input.insertText', { text: ' ' })
  t.same(await page.evaluate(count), { rows: 200, lists: 200, told: '' })
})

void t.test('a heading sorts up, down, and back to the order that there was', async t => {
  const page = await openPage(t, chromium, text)
  const press = `(() => {
    document.querySelectorAll('#matrix thead button')[2].click()
    return {
      pods: [...document.querySelectorAll('#workloads tr')].map(row => Number(row.cells[2].textContent)),
      sorts: [...document.querySelectorAll('#matrix [aria-sort]')].map(head => head.textContent + ' ' + head.getAttribute('aria-sort')),
    }
  })()`
  const pods = findings.map(one => one.pods)
  t.same(await page.evaluate(press), { pods: pods.toSorted((a, b) => a - b), sorts: ['Pods ascending'] })
  t.same(await page.evaluate(press), { pods: pods.toSorted((a, b) => b - a), sorts: ['Pods descending'] })
  t.same(await page.evaluate(press), { pods, sorts: [] })
})

void t.test('a workload leads to its pods by name, which open', async t => {
  const page = await openPage(t, chromium, text)
  const opened = await page.evaluate(`(async () => {
    document.querySelector('#w90 a').click()
    await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    const list = document.getElementById('p90')
    const { top } = list.getBoundingClientRect()
    return {
      isOpen: list.closest('details').open, isInSight: top >= 0 && top < innerHeight,
      told: Object.fromEntries([...list.querySelectorAll('dt')].map(term => [term.textContent, term.nextElementSibling.textContent])),
    }
  })()`)
  t.same(opened, {
    isOpen: true, isInSight: true, told: Object.fromEntries(findings[90]!.byNode.map(({ domain, pods }) => [domain, pods.join(', ')])),
  })
})

void t.test('without script all is there, and nothing that would not work', async t => {
  const page = await openPage(t, chromium, text, { isScriptOff: true })
  t.equal((await page.evaluate<readonly unknown[]>(readMatrix)).length, 200)
  t.same(await page.evaluate(`['#tools', 'button'].map(one => document.querySelector(one)?.checkVisibility() ?? false)`), [false, false])
  t.same(page.told, [])
})

/** In the page: the least contrast (WCAG 2.2, 1.4.3) between a text and what it stands on, for the elements of a selector. */
const contrastOf = (selector: string): string => `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const paint = colours => {
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1) }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
  }
  const light = rgb => rgb.map(part => part / 255).map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0)
  const coloursOf = element => {
    const colours = [getComputedStyle(element).color]
    for (let one = element; one !== null; one = one.parentElement) colours.unshift(getComputedStyle(one).backgroundColor)
    return colours.join('|')
  }
  const ratio = colours => {
    const [a, b] = [light(paint(colours.slice(0, -1))), light(paint(colours))]
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
  }
  return Math.min(...[...new Set([...document.querySelectorAll('${selector}')].map(coloursOf))].map(colours => ratio(colours.split('|'))))
})()`

void t.test('every text can be read on what it stands on, in the light and in the dark', async t => {
  for (const scheme of ['light', 'dark'] as const) {
    const page = await openPage(t, chromium, text, { scheme })
    await page.shoot(scheme)
    for (const one of ['.n1', '.n2', '.n3', '.n5', '.use td', 'th', 'th.faulty', 'small', 'a', '.single-node td', '.shares-nodes td', '.about', 'dd']) {
      const least = await page.evaluate<number>(contrastOf(one))
      t.ok(Number.isFinite(least) && least >= 4.5, `${scheme} ${one}: ${least.toFixed(2)}`)
    }
  }
})

void t.test('on paper nothing is hidden behind a scroll bar or a fold', async t => {
  const page = await openPage(t, chromium, text, { media: 'print' })
  await page.shoot('print')
  t.same(await page.evaluate(`({
    head: getComputedStyle(document.querySelector('#matrix thead th')).position, tools: document.getElementById('tools').checkVisibility(),
    overflow: getComputedStyle(document.querySelector('.scroll')).overflow,
    list: document.getElementById('p3').checkVisibility({ contentVisibilityAuto: true }) && document.getElementById('p3').getBoundingClientRect().height > 0,
  })`), { head: 'static', tools: false, overflow: 'visible', list: true })
})

void t.test('who does not see is told a table with its headings, in a region that the keyboard scrolls', async t => {
  const page = await openPage(t, chromium, asHtml(picture(shop)))
  const { nodes } = await page.call('Accessibility.getFullAXTree')
  const told = new Set(nodes.filter(one => !one.ignored).map(one => `${one.role?.value} ${one.name?.value ?? ''}`.trim()))
  for (const one of [
    'region Pods of each workload on each node', 'table Pods of each workload on each node', 'columnheader zone eu-1a', 'columnheader node-a',
    'columnheader node-b, cordoned', 'rowheader shop/web Deployment', 'heading What shares a node', 'searchbox Filter', 'link blog/spread',
  ]) t.ok(told.has(one), one)
  t.equal(await page.evaluate(`document.documentElement.lang + document.querySelector('.scroll').tabIndex`), 'en0')
  await page.shoot('small')
})

const attacks = [
  '<script>window.hit=1</script>', '"><img src=https://evil.test/x onerror=window.hit=1>', "' onmouseover='window.hit=1", '</style><script>window.hit=1</script>',
  '</title></script><svg onload=window.hit=1>', '<!--', '&lt;b&gt;', 'javascript:window.hit=1', '\u0000\u001B[31m\u202Edcba', '${window.hit=1}', '<base href=//evil.test>',
]

void t.test('whatever is in a name, a label, a message or a server\'s address is text', async t => {
  const nasty = attacks.map((attack, index) => finding({
    namespace: attack, name: attack, on: { [attack]: [attack, `${attack}-2`] }, apart: { pending: [attack], leaving: [attack], finished: [attack], nodeGone: [attack] },
    nodes: { domains: 1, untilNone: 0, untilTooFew: { least: 1, by: attack, losses: 0 } }, workload: { group: attack, kind: attack, namespace: attack, name: `${attack}${index}` },
    topology: { key: attack, domains: 1, untilNone: 0, unlabelled: 1 },
  }))
  const nodes = attacks.map(attack => node(attack, { labels: { [attacks[0]!]: attack } }))
  const page = await openPage(t, chromium, asHtml(picture(nasty, { nodes, missing: attacks, cluster: attacks.join(' ') })))
  t.same(await page.evaluate(`({
    hit: window.hit ?? 'no', scripts: document.scripts.length, styles: document.querySelectorAll('style').length, base: document.querySelectorAll('base').length,
    drawn: document.querySelectorAll('img, svg, iframe, object, embed, b').length, rows: document.querySelectorAll('#workloads tr').length,
    handlers: [...document.querySelectorAll('*')].filter(one => [...one.attributes].some(({ name }) => name.startsWith('on'))).length,
    links: [...document.querySelectorAll('a')].filter(one => !/^#p\\d+$/.test(one.getAttribute('href'))).length,
    missing: [...document.querySelectorAll('.missing li')].map(one => one.textContent),
  })`), {
    hit: 'no', scripts: 1, styles: 1, base: 0, drawn: 0, rows: attacks.length, handlers: 0, links: 0,
    missing: attacks.map(attack => attack.replace('\u0000\u001B', '\\x00\\x1b').replace('\u202E', '\\u202e')),
  })
  t.same({ requests: page.requests(), told: page.told }, { requests: [page.url], told: [] })
})

void t.test('if a text were markup after all, the policy would let it do nothing', async t => {
  const page = await openPage(t, chromium, asHtml(picture(shop)).replace('<h1>',
    '<script>window.hit=1</script><img src="https://evil.test/x" onerror="window.hit=1"><style>h1{color:red}</style><form action="https://evil.test"></form><h1>'))
  t.equal(await page.evaluate(`window.hit ?? getComputedStyle(document.querySelector('h1')).color`), 'rgb(27, 31, 36)')
  t.same({ requests: page.requests(), refused: page.refused }, { requests: [page.url], refused: ['https://evil.test/x'] })
  t.ok(page.told.length >= 3 && page.told.every(one => one.includes('Content Security Policy')), `${page.told.length} refusals`)
})

void t.test('where there is no workload the page says so', async t => {
  const page = await openPage(t, chromium, asHtml(picture([], { nodes: [] })))
  t.equal(await page.evaluate(`document.querySelector('.summary').textContent`), 'there is no such workload')
  t.same({ requests: page.requests(), told: page.told }, { requests: [page.url], told: [] })
})
