import type { Decision } from '../placement/decide.ts'

/** An AdmissionReview of admission.k8s.io/v1, as it goes back to the API server. */
export interface Answer {
  readonly apiVersion: 'admission.k8s.io/v1'
  readonly kind: 'AdmissionReview'
  readonly response: {
    readonly uid: string
    readonly allowed: true
    readonly patchType?: 'JSONPatch'
    /** Base64 of the JSON patch. */
    readonly patch?: string
    readonly warnings?: readonly string[]
  }
}

/** Longer warnings may be cut by the API server (k8s.io/api/admission/v1, `warnings`); it drops those with control characters. */
const longestWarning = 256

/** Says a decision in the API server's words. A pod is always allowed: whether it may exist is not for us to say. */
export function answer(uid: string, decision: Decision): Answer {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid, allowed: true, ...patched(decision.patch), ...warned(decision.warning) },
  }
}

function patched(patch: readonly unknown[] = []): Partial<Answer['response']> {
  if (patch.length === 0) return {}
  return { patchType: 'JSONPatch', patch: btoa(asciiOf(JSON.stringify(patch))) }
}

/**
 * JSON in ASCII, so that its bytes are its characters and `btoa` will do: a Buffer for each answer costs more CPU than deciding it does,
 * most of it in the garbage collector.
 */
function asciiOf(json: string): string {
  if (Buffer.byteLength(json) === json.length) return json
  // Without the u flag a character beyond U+FFFF is its two units, and each gets an escape, as JSON wants it.
  return json.replaceAll(/[^ -~]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function warned(warning: string | undefined): Partial<Answer['response']> {
  return warning === undefined ? {} : { warnings: [shorten(`versprei: ${warning}`)] }
}

function shorten(text: string): string {
  const line = text.replaceAll(/\p{Cc}+/gu, ' ')
  if (line.length <= longestWarning) return line
  // By code points: half a character is none.
  let kept = ''
  for (const character of line) {
    if (kept.length + character.length >= longestWarning) break
    kept += character
  }
  return `${kept}…`
}
