import { rmSync } from 'node:fs'
import { chmod, mkdir, readFile, readdir, stat, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t from 'tap'
import { detect } from '../../../src/cli/detect/detect.ts'
import { parseOutput } from '../../../src/cli/detect/output.ts'
import { obstacleTo, writeOutput } from '../../../src/cli/detect/write-output.ts'
import { runCommand } from '../run-command.ts'
import { startCluster } from './cluster.ts'

const shop = { 'shop/web': ['n1', 'n1', 'n2'] }

void t.test('a format, or a file by whose ending it is chosen', async t => {
  const cases = [
    ['table', { format: 'table' }], ['html', { format: 'html' }], ['out/all.json', { format: 'json', file: 'out/all.json' }],
    ['a.yaml', { format: 'yaml', file: 'a.yaml' }], ['a.yml', { format: 'yaml', file: 'a.yml' }], ['a.csv', { format: 'csv', file: 'a.csv' }],
    ['a.MD', { format: 'markdown', file: 'a.MD' }], ['a.html', { format: 'html', file: 'a.html' }], ['a.b.htm', { format: 'html', file: 'a.b.htm' }],
    ['a.txt', { format: 'table', file: 'a.txt' }],
  ] as const
  for (const [text, want] of cases) t.same(parseOutput(text), want)
  for (const text of ['', 'xml', 'a.xml', 'json/', '.json', 'a.json/b', 'a.constructor']) {
    t.same(parseOutput(text), {
      mistake: 'It must be table, json, yaml, csv, markdown, name, html, or a file that ends in .json, .yaml, .yml, .csv, .md, .html, .htm, .txt.',
    }, text)
  }
})

void t.test('a file is written whole in place of what was there, with its rights, behind its link, and nothing is left beside it', async t => {
  const folder = t.testdir({ real: { 'a.json': 'old' } })
  const [link, real] = [join(folder, 'a.json'), join(folder, 'real/a.json')]
  await symlink(real, link)
  await chmod(real, 0o640)
  await writeOutput(link, 'new')
  t.equal(await readFile(real, 'utf8'), 'new')
  t.equal((await stat(real)).mode & 0o777, 0o640)
  t.same([await readdir(folder), await readdir(join(folder, 'real'))], [['a.json', 'real'], ['a.json']])
  await t.rejects(writeOutput(join(folder, 'none/a.json'), 'x'), { message: `${folder}/none/a.json: cannot be written (ENOENT)` })
})

void t.test('what is in the way is told before a cluster is asked', async t => {
  const folder = t.testdir({ 'a.json': {}, 'file': '' })
  t.equal(await obstacleTo(join(folder, 'a.json')), `${folder}/a.json is a folder`)
  t.equal(await obstacleTo(join(folder, 'no/a.json')), `${folder}/no/a.json cannot be written: ${folder}/no: ENOENT`)
  t.equal(await obstacleTo(join(folder, 'b.json')), undefined)
  t.same(await runCommand(['detect', '--file', 'not-there', '-o', join(folder, 'no/a.json')]),
    { code: 2, out: '', err: `versprei detect: ${folder}/no/a.json cannot be written: ${folder}/no: ENOENT\n` })
})

void t.test('a file that cannot be written after all: one line, exit code 1', async t => {
  const { kubeconfig } = await startCluster(t, shop)
  const folder = join(dirname(kubeconfig), 'out')
  await mkdir(folder)
  let [out, err] = ['', '']
  const never = new Promise<never>(() => undefined)
  const code = await detect({ file: kubeconfig, output: { format: 'json', file: join(folder, 'a.json') } }, {
    environment: {}, now: () => new Date(0), signals: () => [never, never], stdout: text => { out += text }, stderr: text => { err += text },
    // Asked for last of all: the cluster has been read, and the folder goes.
    screen: () => {
      rmSync(folder, { recursive: true })
      return undefined
    },
  })
  t.same({ code, out, err }, { code: 1, out: '', err: `versprei detect: ${folder}/a.json: cannot be written (ENOENT)\n` })
})

void t.test('a terminal has colours unless they are refused; a pipe has them where they are wanted', async t => {
  const { detect } = await startCluster(t, shop)
  const screen = { columns: 120, rows: 24 }
  const isPainted = async (args: readonly string[], given: Parameters<typeof detect>[1]) => (await detect(args, given)).out.includes('\u001B[33mshares nodes')
  t.equal(await isPainted([], { screen, environment: { TERM: 'xterm' } }), true)
  t.equal(await isPainted(['-v'], { screen }), true)
  t.equal(await isPainted([], { screen, environment: { NO_COLOR: '1' } }), false)
  t.equal(await isPainted(['--no-color'], { screen, environment: { FORCE_COLOR: '1' } }), false)
  t.equal(await isPainted([], { environment: { FORCE_COLOR: '1' } }), true)
  t.equal(await isPainted([], {}), false)
  t.equal(await isPainted(['-o', 'csv'], { screen }), false)
})

void t.test('--watch prints tables, and judges nothing', async t => {
  for (const output of ['json', 'a.txt', 'html']) {
    t.same(await runCommand(['detect', '--watch', '-o', output]), { code: 2, out: '', err: 'versprei detect: --watch prints a table; leave out --output\n' })
  }
  const { code, err } = await runCommand(['detect', '--watch', '--fail-on', 'shared'])
  t.equal(code, 2)
  t.match(err, /'--watch' cannot be used with option '--fail-on/u)
})
