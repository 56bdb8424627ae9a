import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { applyPatch } from '../../../src/cli/apply-patch.ts'
import { run } from '../../../src/cli/program.ts'
import { greet } from '../../../src/cli/serve/greeting.ts'
import { start, until } from '../process.ts'

const root = join(import.meta.dirname, '../../..')
const served = { url: 'https://localhost:8443/mutate', metricsUrl: 'http://localhost:9090', program: 'versprei' }
const review = JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: { object: { kind: 'Pod' } } })
const workload = 'apiVersion: v1\nkind: ConfigMap\n---\napiVersion: apps/v1\nkind: StatefulSet\n'

/** The lines that are to be typed, without the folder that a test made. */
const commands = (greeting: string, folder: string): readonly string[] =>
  greeting.split('\n').filter(line => /^ {2}[^#]/.test(line)).map(line => line.trim().replaceAll(folder, 'FOLDER'))

void t.test('suggests only commands whose files are there', async t => {
  const plan = 'versprei plan --manifests FOLDER/m'
  const curl = 'curl --cacert FOLDER/c/ca.crt -H \'Content-Type: application/json\' --data'
  const notReview = '{"kind":"ConfigMap","data":{"kind":"AdmissionReview"}}'
  const table = [
    { name: 'an empty folder', manifests: {}, want: [plan] },
    {
      name: 'a review and a workload in folders below, whatever their names',
      manifests: { a: { 'x.json': review }, b: { 'y.yml': workload } },
      want: [`${curl} @FOLDER/m/a/x.json https://localhost:8443/mutate`, 'versprei admit --manifests FOLDER/m FOLDER/m/b/y.yml', plan],
    },
    {
      name: 'a file that only speaks of both',
      manifests: { 'a.json': notReview, 'b.yaml': 'kind: PodDistributor\nspec: {target: {kind: Deployment}}' }, want: [plan],
    },
    { name: 'a review that is no JSON, which the server would refuse', manifests: { 'a.yaml': 'kind: AdmissionReview' }, want: [plan] },
    {
      name: 'the first of several, past one that is broken',
      manifests: { 'a.json': '{"kind":"AdmissionReview"', 'b.json': review, 'c.json': review },
      want: [`${curl} @FOLDER/m/b.json https://localhost:8443/mutate`, plan],
    },
  ]
  for (const { name, manifests, want } of table) {
    const folder = t.testdir({ m: manifests, c: { 'ca.crt': '' } })
    const greeting = await greet({ ...served, manifests: join(folder, 'm'), certificates: join(folder, 'c') })
    t.strictSame(commands(greeting, folder), want, name)
  }
})

void t.test('without a ca.crt curl is left to the authorities that the machine knows', async t => {
  const folder = t.testdir({ 'a.json': review })
  const [curl] = commands(await greet({ ...served, manifests: folder, certificates: join(folder, 'none') }), folder)
  t.equal(curl, 'curl -H \'Content-Type: application/json\' --data @FOLDER/a.json https://localhost:8443/mutate')
})

void t.test('what a shell would take apart is quoted', async t => {
  const folder = t.testdir({ 'it\'s $HOME': { 'a.json': review, 'b.yaml': workload } })
  const manifests = join(folder, 'it\'s $HOME')
  const url = 'https://[::1]:8443/mutate'
  const greeting = await greet({ ...served, url, manifests, certificates: manifests, program: 'args' })
  const quoted = '\'FOLDER/it\'\\\'\'s $HOME'
  t.strictSame(commands(greeting, folder), [
    `curl -H 'Content-Type: application/json' --data @${quoted}/a.json' '${url}'`,
    `args admit --manifests ${quoted}' ${quoted}/b.yaml'`,
    `args plan --manifests ${quoted}'`,
  ])
  const typed = greeting.split('\n').find(line => line.includes(' plan '))
  const { stdout } = await promisify(execFile)('sh', ['-c', `args() { printf '%s\\n' "$@"; }; ${typed}`])
  t.strictSame(stdout.split('\n'), ['plan', '--manifests', manifests, ''])
})

void t.test('a folder that has gone does not end serving', async t => {
  const folder = join(t.testdir({}), 'gone')
  t.strictSame(commands(await greet({ ...served, manifests: folder, certificates: folder }), folder), ['versprei plan --manifests FOLDER'])
})

void t.test('every command that is suggested in a checkout works there, and shows the placement', async t => {
  const certificates = join(t.testdir({}), 'certs')
  const running = start(t, [
    'serve', '--host', '127.0.0.1', '--port', '0', '--metrics-port', '0', '--certificates', certificates, '--manifests', 'config/samples',
  ])
  await until('the greeting', async () => running.said.find(line => line === 'Ctrl-C ends it.'))
  const typed = commands(running.said.join('\n'), certificates).map(command => command.replaceAll('FOLDER', certificates))
  t.match(typed, [/^curl /, /^npm run --silent versprei -- admit /, /^npm run --silent versprei -- plan /])
  const [answer = '', admitted = '', planned = ''] = await Promise.all(typed.map(async command => {
    const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: root })
    return stdout
  }))
  const { response } = JSON.parse(answer)
  const patch = JSON.parse(Buffer.from(response.patch, 'base64').toString())
  const { request } = JSON.parse(await readFile(join(root, 'config/samples/embedded/review.json'), 'utf8'))
  t.match(applyPatch(request.object, patch), {
    metadata: {
      labels: { 'versprei.io/distributor': 'nginx-deployment', 'versprei.io/group': 'type-default' },
      annotations: { 'versprei.io/seat': '0' },
    },
  })
  t.equal(admitted.match(/type-default/gu)?.length, 8, admitted)
  t.match(planned, /^default\/nginx-deployment: /)
})

void t.test('usage and hints name what is typed for the program', async t => {
  let told = ''
  const tell = (text: string) => { told += text }
  const never = new Promise<NodeJS.Signals>(() => undefined)
  const io = {
    environment: {}, stdin: async () => '', stdout: tell, stderr: tell, now: () => new Date(0),
    screen: () => undefined, signals: () => [never, never] as const,
  }
  t.equal(await run(['plan', '--help'], io, 'npm run versprei --'), 0)
  t.match(told, /^Usage: npm run versprei -- plan \[options\] \[NAME\]/)
  told = ''
  t.equal(await run(['--no-such'], io, 'npm run versprei --'), 2)
  t.match(told, '(see npm run versprei -- --help)')
  told = ''
  t.equal(await run(['--help'], io), 0)
  t.match(told, /^Usage: versprei /)
})
