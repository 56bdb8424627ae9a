import t from 'tap'
import { bodyLimit } from '../../src/admission/server.ts'
import { createClient, createReview, placed, review, serve, type Sent } from './serving.ts'

const json = (change: (whole: Record<string, unknown>) => unknown): string => JSON.stringify(change(createReview('a')))
/** What is told of a body that is not JSON: where it ceases to be. */
const notJson = (body: string): string => {
  try {
    return `${String(JSON.parse(body))} is JSON`
  } catch (error) {
    return `the body is not JSON: ${error instanceof Error ? error.message : ''}`
  }
}
const wrong = (message: string) => ({ status: 400, body: { error: 'not-a-review', message } })

const kept: readonly { name: string, sent: Sent, want: { status: number, body: { error: string, message: string } } }[] = [
  { name: 'text', sent: { body: 'hello' }, want: { status: 400, body: { error: 'not-json', message: notJson('hello') } } },
  {
    name: 'half a review', sent: { body: review('a').slice(0, -9) },
    want: { status: 400, body: { error: 'not-json', message: notJson(review('a').slice(0, -9)) } },
  },
  {
    name: 'deep nesting', sent: { body: '['.repeat(200_000) },
    want: { status: 400, body: { error: 'not-json', message: notJson('['.repeat(200_000)) } },
  },
  { name: 'an empty body', sent: { body: '' }, want: { status: 400, body: { error: 'not-json', message: notJson('') } } },
  { name: 'null', sent: { body: 'null' }, want: wrong('the body is not an AdmissionReview: expected a JSON object') },
  { name: 'a list', sent: { body: '[]' }, want: wrong('the body is not an AdmissionReview: expected a JSON object') },
  { name: 'a number', sent: { body: '1' }, want: wrong('the body is not an AdmissionReview: expected a JSON object') },
  { name: 'a pod', sent: { body: '{"kind":"Pod"}' }, want: wrong('kind is "Pod", expected "AdmissionReview"') },
  { name: 'no kind', sent: { body: '{}' }, want: wrong('kind is missing, expected "AdmissionReview"') },
  {
    name: 'a long kind', sent: { body: json(whole => ({ ...whole, kind: 'x'.repeat(1000) })) },
    want: wrong(`kind is "${'x'.repeat(59)}, expected "AdmissionReview"`),
  },
  {
    name: 'v1beta1', sent: { body: json(whole => ({ ...whole, apiVersion: 'admission.k8s.io/v1beta1' })) },
    want: wrong('apiVersion is "admission.k8s.io/v1beta1", expected "admission.k8s.io/v1"'),
  },
  { name: 'no request', sent: { body: json(whole => ({ ...whole, request: undefined })) }, want: wrong('request is missing') },
  { name: 'a list for a request', sent: { body: json(whole => ({ ...whole, request: [] })) }, want: wrong('request is missing') },
  { name: 'no uid', sent: { body: review('a', { uid: undefined }) }, want: wrong('request.uid is missing') },
  { name: 'an empty uid', sent: { body: review('') }, want: wrong('request.uid is missing') },
  { name: 'a number for a uid', sent: { body: review('a', { uid: 1 }) }, want: wrong('request.uid is missing') },
  { name: 'a uid of 129 characters', sent: { body: review('u'.repeat(129)) }, want: wrong('request.uid has 129 characters, at most 128 are allowed') },
  {
    name: 'GET /mutate', sent: { method: 'GET', headers: {} },
    want: { status: 404, body: { error: 'not-found', message: 'there is nothing at GET /mutate; reviews go to POST /mutate' } },
  },
  {
    name: 'another path', sent: { path: '/mutate/pods?x=1', body: review('a') },
    want: { status: 404, body: { error: 'not-found', message: 'there is nothing at POST /mutate/pods?x=1; reviews go to POST /mutate' } },
  },
]
for (const { name, sent, want } of kept) {
  void t.test(`${name}: ${want.status}, what is wrong, and the same connection takes the next review`, async t => {
    const { port, counted } = await serve(t)
    const send = createClient(t, port)
    const { status, body, from } = await send(sent)
    t.same({ status, body }, want)
    const next = await send({ body: review('b') })
    t.same(next, { status: 200, body: placed('b', 0), connection: 'keep-alive', from })
    t.same(counted, [want.body.error, 'placed'])
  })
}

const media = 'Unsupported Media Type'
const refused: readonly { name: string, sent: Sent, want: { status: number, error: string, message: string } }[] = [
  { name: 'YAML', sent: { headers: { 'content-type': 'application/yaml' }, body: 'a: 1' }, want: { status: 415, error: 'unsupported-type', message: media } },
  { name: 'plain text', sent: { headers: { 'content-type': 'text/plain' }, body: review('a') }, want: { status: 415, error: 'unsupported-type', message: media } },
  {
    name: 'a JSON patch', sent: { headers: { 'content-type': 'application/json-patch+json' }, body: '[]' },
    want: { status: 415, error: 'unsupported-type', message: media },
  },
  { name: 'no content type', sent: { headers: {}, body: review('a') }, want: { status: 415, error: 'unsupported-type', message: media } },
  {
    name: 'gzip', sent: { headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }, body: 'x' },
    want: { status: 415, error: 'unsupported-encoding', message: 'Content-Encoding is gzip, expected identity' },
  },
  { name: 'over 7 MiB', sent: { body: Buffer.alloc(bodyLimit + 1, ' ') }, want: { status: 413, error: 'too-large', message: 'Request body is too large' } },
  {
    name: 'over 7 MiB in chunks', sent: { headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }, body: Buffer.alloc(bodyLimit + 1, ' ') },
    want: { status: 413, error: 'too-large', message: 'Request body is too large' },
  },
]
for (const { name, sent, want: { status, error, message } } of refused) {
  void t.test(`${name}: ${status}, and the next review is answered`, async t => {
    const { port, counted } = await serve(t)
    const send = createClient(t, port)
    const got = await send(sent)
    t.same({ status: got.status, body: got.body }, { status, body: { error, message } })
    t.same((await send({ body: review('b') })).body, placed('b', 0))
    t.same(counted, [error, 'placed'])
  })
}

void t.test('exactly 7 MiB is taken, with a character set and identity said', async t => {
  t.equal(bodyLimit, 7 * 1024 * 1024)
  const { port } = await serve(t)
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-encoding': 'Identity' }
  const { status, body } = await createClient(t, port)({ headers, body: review('a').padEnd(bodyLimit, ' ') })
  t.same({ status, body }, { status: 200, body: placed('a', 0) })
})

void t.test('a uid of 128 characters is taken', async t => {
  const { port } = await serve(t)
  t.same((await createClient(t, port)({ body: review('u'.repeat(128)) })).body, placed('u'.repeat(128), 0))
})

void t.test('no body at all: 400', async t => {
  const { port } = await serve(t)
  const { status, body } = await createClient(t, port)({ headers: { 'content-length': '0' } })
  t.same({ status, body }, { status: 400, body: { error: 'not-a-review', message: 'the body is not an AdmissionReview: expected a JSON object' } })
})

void t.test('what fails inside, outside of deciding, is 500 and logged', async t => {
  let calls = 0
  const { port, counted, logged } = await serve(t, { count: () => {
    calls += 1
    if (calls === 1) throw new TypeError('no counter')
  } })
  const send = createClient(t, port)
  const { status, body } = await send({ body: review('a') })
  t.same({ status, body }, { status: 500, body: { error: 'internal-error', message: 'it failed inside; the log of Versprei says why' } })
  t.match(logged, [{ level: 50, err: { message: 'no counter' } }])
  t.same((await send({ body: review('a') })).body, placed('a', 0))
  t.same(counted, ['internal-error'])
})
