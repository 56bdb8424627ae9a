/**
 * What Kubernetes takes as a label's key and value, and as a name: apimachinery's `validate/content` (kube.go, dns.go).
 * Each function answers what is wrong with a text, in a few words, or undefined. No text of more than 253 characters meets an expression.
 */
const word = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/
const label1123 = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/
const label1035 = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/

const wordRule = "letters, digits, '-', '_' and '.', the first and the last a letter or digit"
const subdomainRule = "lower-case letters, digits, '-' and '.', the first and the last of each part a letter or digit"

/** The text as people should see it in a message: quoted, and cut when it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}

function judge(text: string, most: number, syntax: RegExp, what: string, rule: string): string | undefined {
  if (text.length > most) return `${quote(text)} has ${text.length} characters; ${what} has at most ${most}`
  if (!syntax.test(text)) return `${quote(text)} is not ${what}: ${rule}`
  return undefined
}

/** A label's value, which may be empty. */
export function faultOfLabelValue(value: string): string | undefined {
  return value === '' ? undefined : judge(value, 63, word, 'a label value', `nothing, or at most 63 ${wordRule}`)
}

/** A group's name: a label value that is not empty. */
export function faultOfGroupName(name: string): string | undefined {
  return judge(name, 63, word, 'a group name', `at most 63 ${wordRule}`)
}

/** A label's key, a taint's key, a topology key: a name, and optionally a DNS subdomain and a slash before it. */
export function faultOfLabelKey(key: string): string | undefined {
  const slash = key.indexOf('/')
  const name = key.slice(slash + 1)
  const wrong = slash < 0 ? undefined : judge(key.slice(0, slash), 253, subdomain, 'a DNS subdomain, as before / in a key', subdomainRule)
  return wrong ?? judge(name, 63, word, 'a label key', `at most 63 ${wordRule}; before them, optionally, a DNS subdomain and a slash`)
}

/** A DNS-1123 subdomain: the name of most objects, an API group. */
export function faultOfSubdomain(name: string): string | undefined {
  return judge(name, 253, subdomain, 'a DNS subdomain', subdomainRule)
}

/** A distributor's own name becomes a label value, hence 63. */
export function faultOfDistributorName(name: string): string | undefined {
  return name.length > 63
    ? `${quote(name)} has ${name.length} characters; a distributor's name has at most 63, since it becomes a label value`
    : faultOfSubdomain(name)
}

/** A DNS-1123 label: the name of a namespace. */
export function faultOfNamespace(name: string): string | undefined {
  const rule = "at most 63 lower-case letters, digits and '-', the first and the last a letter or digit"
  return judge(name, 63, label1123, 'a namespace', rule)
}

/** A target's apiVersion: `group/version`, or `v1` alone for the core group. A version is a DNS-1035 label. */
export function faultOfApiVersion(text: string): string | undefined {
  if (text === 'v1') return undefined
  const [group = '', version, ...rest] = text.split('/')
  if (version === undefined || rest.length > 0) return `${quote(text)} is not group/version, such as apps/v1, nor v1 alone`
  const wrong = faultOfSubdomain(group)
  return wrong ?? judge(version, 63, label1035, 'an API version', "lower-case letters, digits and '-', the first a letter")
}

/** A target's kind. */
export function faultOfKind(kind: string): string | undefined {
  return judge(kind, 63, /^[A-Z][A-Za-z0-9]*$/, 'a kind', 'letters and digits, the first a capital, such as Deployment')
}
