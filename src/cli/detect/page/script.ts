/**
 * What the page does beyond what HTML does by itself: a filter, and sorting by a click on a heading. It runs in a browser, reads nothing
 * but the page, and the page is whole without it.
 */
export const script = `
(() => {
  'use strict'
  const body = document.getElementById('workloads')
  const rows = [...body.rows]
  const lists = rows.map(row => document.getElementById('p' + row.id.slice(1)).closest('details'))
  const texts = rows.map(row => [...row.cells].slice(0, 4).map(cell => cell.textContent).join(' ').toLowerCase())
  const input = document.getElementById('filter')
  const told = document.getElementById('shown')
  const filter = () => {
    const words = input.value.toLowerCase().split(' ').filter(word => word !== '')
    const isShown = texts.map(text => words.every(word => text.includes(word)))
    rows.forEach((row, index) => { row.hidden = lists[index].hidden = !isShown[index] })
    told.textContent = words.length === 0 ? '' : isShown.filter(Boolean).length + ' of ' + rows.length + ' shown'
  }
  input.addEventListener('input', filter)
  document.getElementById('tools').hidden = false
  filter()

  const heads = [...document.querySelectorAll('[data-sort]')]
  const keyOf = (row, column) => {
    const text = row.cells[column].textContent
    if (heads[column].dataset.sort === 'text') return text
    const number = parseInt(text, 10)
    return Number.isNaN(number) ? -1 : number
  }
  const sort = (column, direction) => {
    const keys = new Map(rows.map(row => [row, keyOf(row, column)]))
    const order = direction === 'none' ? rows : [...rows].sort((a, b) => {
      const [x, y] = [keys.get(a), keys.get(b)]
      return (x < y ? -1 : x > y ? 1 : 0) * (direction === 'ascending' ? 1 : -1)
    })
    body.append(...order)
  }
  const next = { none: 'ascending', ascending: 'descending', descending: 'none' }
  heads.forEach((head, column) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.append(...head.childNodes)
    head.append(button)
    button.addEventListener('click', () => {
      const direction = next[head.getAttribute('aria-sort') || 'none']
      for (const other of heads) other.removeAttribute('aria-sort')
      if (direction !== 'none') head.setAttribute('aria-sort', direction)
      sort(column, direction)
    })
  })
})()
`
