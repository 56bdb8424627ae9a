// npm run test:image. What a builder would do, without one: each step of the Dockerfile in an empty folder, then the result in a root of its
// own, with Node.js and its libraries in place of the base image. Not shown by it: that the base images are there and hold what is taken from
// them here, and that the other platform's base is as good. (That a builder reads the Dockerfile as we do was tried by hand: buildah 1.28 built it on
// stand-ins for the base images, and what it built served.)
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { install } from '../cli/check/installation.ts'
import { buildStages, filesBelow } from './build-stages.ts'
import { furnish, startContainer, user } from './container.ts'
import { parseAllowList, parseDockerfile } from './dockerfile.ts'

const context = join(import.meta.dirname, '../..')
const read = (path: string): Promise<string> => readFile(join(context, path), 'utf8')
const stages = parseDockerfile(await read('Dockerfile'))
const last = stages.at(-1)!
const mebibyte = 2 ** 20

/** Measured: 41.9 MiB. What makes it a quarter larger is to be noticed. */
const mostBytes = 52 * mebibyte

// Outside of the checkout, whose packages would else be found.
const folder = await mkdtemp(join(tmpdir(), 'versprei-image-'))
t.teardown(() => rm(folder, { recursive: true }))
const root = await buildStages({ context, allowed: parseAllowList(await read('.dockerignore')), folder, say: line => t.comment(line) }, stages)

void t.test('the last stage holds the program and what it needs, for every platform, and no more', async t => {
  const files = await filesBelow(root)
  const size = [...files.values()].reduce((sum, bytes) => sum + bytes, 0)
  t.comment(`beside its base the image has ${(size / mebibyte).toFixed(1)} MiB in ${files.size} files`)
  t.ok(size <= mostBytes, `${size} bytes`)
  const paths = [...files.keys()]
  const ours = paths.filter(path => !path.startsWith('/versprei/node_modules/'))
  t.strictSame(ours.filter(path => !/^\/versprei\/(?:LICENSE|package\.json|config\/(?:crd|policy)\/.*\.yaml|dist\/.*\.js)$/u.test(path)), [])
  t.ok(ours.length > 150, `${ours.length} files of our own`)
  t.strictSame(paths.filter(path => /\.(?:node|bare|so|dylib|dll|exe|map)$|\.d\.[cm]?ts$/u.test(path)), [], 'nothing of one platform, no types, no maps')
  const { dependencies, devDependencies } = JSON.parse(await read('package.json'))
  const isThere = (name: string) => files.has(`/versprei/node_modules/${name}/package.json`)
  t.strictSame(Object.keys(dependencies).filter(name => !isThere(name)), [])
  t.strictSame(Object.keys(devDependencies).filter(name => !name.startsWith('@types/') && isThere(name)), [])
  t.ok(paths.some(path => path.startsWith('/versprei/node_modules/fastify/LICENSE')), 'the licences of others go with it')
})

const missing = process.getuid?.() === 0 ? false : 'only root can give it a root and a user of its own'

void t.test('the result runs as the image would', { skip: missing }, async t => {
  await furnish(root, join(context, 'config/samples'))
  const before = await filesBelow(root)
  const cmd = last.steps.flatMap(step => (step.kind === 'CMD' ? step.args : []))
  const container = startContainer(t, root, last, [...cmd, '--manifests', '/manifests', '--port', '0', '--metrics-port', '0', '--drain', '0'])
  const { url = '', metricsUrl = '' } = await container.logs('serving')
  const pid = await container.pid()
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  t.strictSame(/^Uid:\s+(?<ids>.*)$/mu.exec(status)?.groups?.['ids']?.split(/\s+/u), Array(4).fill(String(user)))
  t.match(status, /^NSpid:\s+\d+\s+1$/mu, 'it is process 1')
  t.equal((await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim(), '', 'it is the only one')

  t.match(await fetch(`${metricsUrl}/readyz`).then(async answer => [answer.status, await answer.text()]), [200, 'ok\n'])
  t.equal((await fetch(`${metricsUrl}/healthz`)).status, 200)
  const answer = await post(url, await read('config/samples/embedded/review.json'), await readFile(join(root, 'certs/ca.crt'), 'utf8'))
  t.match(answer, { response: { allowed: true, patchType: 'JSONPatch', patch: /^\w/ } })

  process.kill(pid, 'SIGTERM')
  t.match(await container.ended, { code: 0 })
  const written = [...(await filesBelow(root)).keys()].filter(path => !before.has(path))
  t.strictSame(written.filter(path => !path.startsWith('/certs/')), [], 'nothing is written elsewhere')
  t.ok(written.includes('/certs/tls.crt'))
})

void t.test('the other commands run from it, too', { skip: missing }, async t => {
  const cases = [
    { args: ['version', '--client'], want: { code: 0, printed: /^client +\S+ +Node\.js v/m } },
    { args: ['plan', '--manifests', '/manifests'], want: { code: 0, printed: /never more than 0\.50 pods/ } },
    {
      args: ['admit', '--manifests', '/manifests', '/manifests/nginx-workload.yaml'],
      want: { code: 0, printed: /^default\/nginx-deployment-2 +type-spot +2 +type=spot$/m },
    },
    { args: ['nothing'], want: { code: 2, printed: /unknown command 'nothing'/ } },
  ]
  for (const { args, want } of cases) t.match(await startContainer(t, root, last, args).ended, want, args.join(' '))
})

void t.test('it holds the definition of PodDistributors that it was made with: check compares that of the cluster', { skip: missing }, async t => {
  const { kubeconfig } = await install(t)
  await cp(kubeconfig, join(root, 'kubeconfig'))
  const { printed } = await startContainer(t, root, last, ['check', '--kubeconfig', '/kubeconfig']).ended
  t.match(printed, /^ok +crd +Established, and as this program has it$/m)
})

/** Sends a review as the API server does, trusting this authority alone. */
const post = (url: string, body: string, ca: string): Promise<unknown> => new Promise((resolve, reject) => {
  const { port } = new URL(url)
  const sent = request({
    host: '127.0.0.1', servername: 'localhost', port, path: '/mutate', method: 'POST', headers: { 'content-type': 'application/json' },
    agent: new Agent({ ca }),
  })
  sent.on('response', answer => void answer.toArray().then(parts => resolve(JSON.parse(Buffer.concat(parts).toString())), reject))
  sent.on('error', reject).end(body)
})
