import { isMap } from '../placement/is-map.ts'
import type { Request } from '../placement/scope.ts'

/** An AdmissionReview's request, or what is wrong with the body: then it is none, and the answer is HTTP 400. */
export type ParsedReview = { readonly request: Request } | { readonly wrong: string }

/** The API server's own uids are 36 characters; whatever is far longer comes from elsewhere, and would be kept as it is. */
const longestUid = 128

/** Reads an AdmissionReview of admission.k8s.io/v1. What it holds about the pod is read later: a strange pod is let through. */
export function parseReview(body: unknown): ParsedReview {
  if (!isMap(body)) return { wrong: 'the body is not an AdmissionReview: expected a JSON object' }
  if (body['kind'] !== 'AdmissionReview') return { wrong: `kind is ${shown(body['kind'])}, expected "AdmissionReview"` }
  if (body['apiVersion'] !== 'admission.k8s.io/v1') {
    return { wrong: `apiVersion is ${shown(body['apiVersion'])}, expected "admission.k8s.io/v1"` }
  }
  const request = body['request']
  if (!isMap(request)) return { wrong: 'request is missing' }
  const uid = request['uid']
  if (typeof uid !== 'string' || uid === '') return { wrong: 'request.uid is missing' }
  if (uid.length > longestUid) return { wrong: `request.uid has ${uid.length} characters, at most ${longestUid} are allowed` }
  const kind = isMap(request['kind']) ? request['kind'] : {}
  return {
    request: {
      uid,
      operation: text(request['operation']),
      kind: { group: text(kind['group']), kind: text(kind['kind']) },
      subResource: text(request['subResource']),
      namespace: text(request['namespace']),
      dryRun: request['dryRun'] === true,
      object: request['object'],
    },
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60)
}
