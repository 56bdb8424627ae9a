import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { startCluster } from '../cli/detect/cluster.ts'
import { blocksOf, root } from './pages.ts'

const standing = { 'shop/web': ['n1', 'n1', 'n1', 'n2'], 'shop/cart': ['n3', 'n3'], 'shop/api': ['n1', 'n2', 'n3'], 'blog/site': ['n2'] }
const budget = { metadata: { namespace: 'shop', name: 'web', uid: 'b' }, spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } } }
const program = '$ versprei detect'

void t.test('what the page on detect shows as printed is what is printed', async t => {
  const { detect, lists } = await startCluster(t, standing)
  lists.set('/apis/policy/v1/poddisruptionbudgets', { items: [budget] })
  // Namespaces by themselves: the loopback server has a list for each path.
  for (const [path, { items }] of [...lists].flatMap(([path, list]) => ('items' in list ? [[path, list] as const] : []))) {
    const own = items.filter(item => (item as { readonly metadata: { readonly namespace?: string } }).metadata.namespace === 'shop')
    lists.set(path.replace(/\/(?=[a-z]+$)/u, '/namespaces/shop/'), { items: own })
  }
  const blocks = blocksOf(await readFile(join(root, 'docs/detect.md'), 'utf8'), 'console')
  t.equal(blocks.length, 4)
  for (const block of blocks) {
    const [command = '', ...printed] = block.split('\n')
    t.ok(command.startsWith(program), command)
    const { out, err } = await detect(command.slice(program.length).split(' ').filter(word => word !== '').map(word => word.replaceAll('\'', '')))
    t.equal(printed.join('\n'), `${out}${err}`)
  }
})
