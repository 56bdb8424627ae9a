// npm run test:image. The tarball as it would be published, installed into an empty folder: every command runs from there.
import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname, '../..')
const own = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))

/** Outside of the checkout, whose packages would else be found. */
const folder = await mkdtemp(join(tmpdir(), 'versprei-package-'))
t.teardown(() => rm(folder, { recursive: true }))
const home = join(folder, 'app')
const bin = join(home, 'node_modules/.bin')

/** By `env -u`: tap gives every process of a test what it measures by. */
const run = (cwd: string, command: string, ...args: readonly string[]) => {
  const path = [bin, dirname(process.execPath), process.env['PATH']].join(delimiter)
  const words = ['-u', 'NODE_OPTIONS', `PATH=${path}`, command, ...args]
  const { status, stdout, stderr } = spawnSync('env', words, { cwd, encoding: 'utf8', timeout: 300_000 })
  return { code: status, out: stdout, err: stderr }
}
const must = (cwd: string, command: string, ...args: readonly string[]): string => {
  const { code, out, err } = run(cwd, command, ...args)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: exit code ${code}\n${out}${err}`)
  return out
}

must(root, 'npm', 'run', 'build')
const [packed] = Object.values(JSON.parse(must(root, 'npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', folder))) as
  readonly { readonly filename: string, readonly size: number, readonly files: readonly { readonly path: string }[] }[]
const { filename = '', size = 0, files = [] } = packed ?? {}
await cp(join(root, 'config/samples'), join(home, 'samples'), { recursive: true })
await writeFile(join(home, 'package.json'), '{"private": true}')
must(home, 'npm', 'install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', join(folder, filename))

void t.test('the tarball holds the program, what installs it and what one should read, and no more', async t => {
  t.comment(`${(size / 1024).toFixed(0)} KiB in ${files.length} files`)
  const paths = files.map(({ path }) => path)
  t.strictSame(paths.filter(path => !path.includes('/')).toSorted(), ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'])
  t.strictSame(new Set(paths.filter(path => path.includes('/')).map(path => path.split('/')[0])), new Set(['config', 'dist']))
  t.strictSame(paths.filter(path => path.startsWith('config/') && !/\.(?:yaml|json)$/u.test(path)), [])
  const built = paths.filter(path => path.startsWith('dist/'))
  const source = (await readdir(join(root, 'src'), { recursive: true })).filter(path => path.endsWith('.ts'))
  t.strictSame(built.toSorted(), source.map(path => `dist/${path.replace(/\.ts$/u, '.js')}`).toSorted(), 'each module of the source, and nothing of yesterday')
  t.ok(size < 300 * 1024, `${size} bytes`)
})

void t.test('what is installed is what was packed, with what it depends on and nothing for its developers', async t => {
  const there = new Set(await readdir(join(home, 'node_modules')))
  const top = (name: string) => name.split('/')[0] ?? ''
  t.strictSame(Object.keys(own.dependencies).map(top).filter(name => !there.has(name)), [])
  t.strictSame(['tap', 'typescript', 'oxlint', 'fast-check', 'node'].filter(name => there.has(name)), [])
  t.strictSame((await readdir(bin)).filter(name => name.includes('versprei')).toSorted(), Object.keys(own.bin).toSorted())
})

void t.test('every command runs from it', async t => {
  const cases: readonly { args: readonly string[], want: { code?: number, out?: RegExp, err?: RegExp } }[] = [
    { args: ['--help'], want: { code: 0, out: /^Usage: versprei \[options\] \[command\]/ } },
    { args: ['--version'], want: { code: 0, out: new RegExp(`^${own.version}\n$`) } },
    { args: ['version', '--client', '-o', 'json'], want: { code: 0, out: new RegExp(`"version": "${own.version}"`) } },
    { args: ['plan', '--manifests', 'samples'], want: { code: 0, out: /never more than 0\.50 pods/ } },
    {
      args: ['admit', '--manifests', 'samples', 'samples/nginx-workload.yaml'],
      want: { code: 0, out: /^default\/nginx-deployment-2 +type-spot +2 +type=spot$/m },
    },
    { args: ['certs', '--certificates', 'certs'], want: { code: 0, out: /^[A-Za-z0-9+/=]+\n$/, err: /^certs: made/m } },
    { args: ['completion', 'bash'], want: { code: 0, out: /complete -F _versprei versprei/ } },
    { args: ['serve', '--manifests', 'nowhere'], want: { code: 2, err: /nowhere cannot be read/ } },
  ]
  for (const { args, want } of cases) t.match(run(home, 'npx', '--no-install', 'versprei', ...args), want, args.join(' '))
  const named = must(home, 'versprei', '__complete', '').split('\n').filter(line => line.includes('\t')).map(line => line.split('\t')[0] ?? '')
  // `help` takes the name of a command, and no flags.
  t.strictSame(named.filter(name => name !== 'help' && run(home, 'versprei', name, '--help').code !== 0), [], 'each tells its flags')
})

void t.test('it is a plugin of kubectl by its second name, and completes by its third', async t => {
  t.match(run(home, 'kubectl-versprei', '--help').out, /^Usage: kubectl versprei /)
  t.match(run(home, 'kubectl-versprei', 'nothing'), { code: 2, err: /\(see kubectl versprei --help\)/ })
  t.same(run(home, 'kubectl_complete-versprei', 'plan', '-o', 'j'), { code: 0, out: 'json\n:4\n', err: '' })
  const kubectl = run(home, 'kubectl', 'version', '--client')
  if (kubectl.code !== 0) return t.comment('this machine has no kubectl: that it finds the plugin is not shown')
  t.match(run(home, 'kubectl', 'versprei', '--help'), { code: 0, out: /^Usage: kubectl versprei / })
  t.match(run(home, 'kubectl', '__complete', 'versprei', 'pl'), { code: 0, out: /^plan\tshow .*\n:4\n$/ })
  t.match(run(home, 'kubectl', '__complete', 'versprei', 'admit', ''), { code: 0, out: /^:0\n$/ })
})
