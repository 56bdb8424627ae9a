import t from 'tap'
import { applyPatch } from '../../src/cli/apply-patch.ts'

void t.test('adds members, replaces them, appends to lists and unescapes keys, without touching what was there', async t => {
  const object = { metadata: { labels: { a: '1' } }, list: [{ x: 1 }, { x: 2, y: [] }] }
  const before = structuredClone(object)
  t.strictSame(applyPatch(object, [
    { op: 'add', path: '/metadata/labels/b~1c~0d', value: '2' },
    { op: 'add', path: '/metadata/annotations', value: { e: '3' } },
    { op: 'add', path: '/list/1/y/-', value: 'z' },
  ]), { metadata: { labels: { a: '1', 'b/c~d': '2' }, annotations: { e: '3' } }, list: [{ x: 1 }, { x: 2, y: ['z'] }] })
  t.strictSame(object, before)
})

void t.test('a path into nothing is refused, as the API server would', async t => {
  t.throws(() => applyPatch({}, [{ op: 'add', path: '/metadata/labels/a', value: '1' }]), { message: /nothing to add labels to/ })
})
