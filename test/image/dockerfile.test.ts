import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { parseAllowList, parseDockerfile, stepsOf, type Stage } from './dockerfile.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8')
const stages = parseDockerfile(await read('Dockerfile'))
const last: Pick<Stage, 'steps'> = stages.at(-1) ?? { steps: [] }
const own = JSON.parse(await read('package.json'))
const { spec: { template: { spec: pod } } } = parse(await read('config/deploy/deployment.yaml'))
const [container] = pod.containers

const values = (kind: 'ARG' | 'ENV' | 'LABEL') => Object.assign({}, ...stepsOf(last, kind).map(step => step.values)) as Record<string, string>

void t.test('a Dockerfile is read, and what is not surely read is refused', async t => {
  t.strictSame(parseDockerfile('# c\nFROM --platform=$BUILDPLATFORM a:1 AS b\nRUN x \\\n# c\n  && y\nFROM d\nCOPY --from=b /e f ./\nENV a=1 b="2 3"\nCMD ["g", "h"]'), [
    { image: 'a:1', platform: '$BUILDPLATFORM', name: 'b', steps: [{ kind: 'RUN', text: 'x && y' }] },
    { image: 'd', platform: undefined, name: undefined, steps: [
      { kind: 'COPY', from: 'b', sources: ['/e', 'f'], target: './' }, { kind: 'ENV', values: { a: '1', b: '2 3' } }, { kind: 'CMD', args: ['g', 'h'] },
    ] },
  ])
  const refused = [
    'RUN x', 'FROM a\nADD b c', 'FROM a\nCMD node', 'FROM a\nCMD []', 'FROM a\nCOPY --chown=1 b c', 'FROM a\nCOPY b c d', 'FROM a\nCOPY *.js ./',
    'FROM a\nENV a b', "FROM a\nENV a='b'", 'FROM a\nHEALTHCHECK NONE', 'FROM a\nSHELL ["x"]', 'FROM --weird a', 'FROM a\ncopy b c',
  ]
  t.strictSame(parseAllowList('# c\n*\n!.npmrc\n!a/b\n'), ['.npmrc', 'a/b'])
  for (const text of refused) t.throws(() => parseDockerfile(text), text)
  for (const text of ['', 'src', '*\nsrc', '*\n!src/**', '*\n!src\nsrc/x']) t.throws(() => parseAllowList(text), text)
})

void t.test('the bases are pinned to one major version of Node.js, the one that is tested', async t => {
  const majors = stages.map(({ image }) => /(?:^node:|nodejs)(?<major>\d+)-/u.exec(image)?.groups?.['major'])
  t.strictSame(majors, stages.map(() => process.version.slice(1).split('.')[0]))
  t.ok(Number(majors[0]) >= Number(/^>=(?<major>\d+)$/u.exec(own.engines.node)?.groups?.['major']), own.engines.node)
  t.ok(stages.slice(0, -1).every(({ platform }) => platform === '$BUILDPLATFORM'))
  t.equal(stages.at(-1)?.platform, undefined)
})

void t.test('what runs is one process, not root, without a shell, as the Deployment starts it', async t => {
  t.match(stages.at(-1)?.image, /^gcr\.io\/distroless\/.*:nonroot$/)
  t.strictSame(stepsOf(last, 'RUN'), [], 'nothing can be run there')
  t.strictSame(stepsOf(last, 'USER').map(({ text }) => text), [`${pod.securityContext.runAsUser}:${pod.securityContext.runAsGroup}`])
  t.strictSame(stepsOf(last, 'ENTRYPOINT').map(({ args }) => args), [['/nodejs/bin/node', `/versprei/${own.bin.versprei}`]])
  t.strictSame(stepsOf(last, 'CMD').map(({ args }) => args), [container.args])
  t.strictSame(stepsOf(last, 'EXPOSE').flatMap(({ ports }) => ports).toSorted(), container.ports.map((port: { containerPort: number }) => `${port.containerPort}`).toSorted())
  const mounted = container.volumeMounts.map((mount: { mountPath: string }) => mount.mountPath)
  t.strictSame([values('ENV')['VERSPREI_CERTIFICATES']], mounted, 'what is written is mounted')
})

void t.test('the labels tell what the package tells', async t => {
  const { VERSION, REVISION } = values('ARG')
  t.strictSame({ VERSION, REVISION }, { VERSION: own.version, REVISION: 'unknown' })
  const named = 'org.opencontainers.image'
  t.strictSame(values('LABEL'), {
    [`${named}.title`]: 'Versprei', [`${named}.description`]: own.description, [`${named}.licenses`]: own.license,
    [`${named}.version`]: '${VERSION}', [`${named}.revision`]: '${REVISION}',
  })
})

void t.test('the context holds what is copied, and nothing else', async t => {
  const allowed = parseAllowList(await read('.dockerignore'))
  const copied = stages.flatMap(stage => stepsOf(stage, 'COPY')).filter(({ from }) => from === undefined).flatMap(({ sources }) => sources)
  t.strictSame([...new Set(copied)].toSorted(), allowed.toSorted())
  const there = await Promise.all(allowed.map(path => access(join(root, path)).then(() => true, () => false)))
  t.strictSame(allowed.filter((_, index) => there[index] === false), [])
})

void t.test('steps name no place outside their own folder, so that a test may run them anywhere', async t => {
  const runs = stages.flatMap(stage => stepsOf(stage, 'RUN')).map(({ text }) => text)
  t.equal(runs.length, 4)
  t.strictSame(runs.filter(text => /(?:^|[\s=>'"])(?:\/|~|\.\.)/u.test(text)), [])
})
