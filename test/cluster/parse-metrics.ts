/** One line of a scrape. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/u
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/gu

/** The samples in Prometheus' text format, in their order; those whose names begin with `prefix`. */
export function parseMetrics(text: string, prefix = ''): readonly Sample[] {
  return text.split('\n').flatMap(row => {
    const found = row.startsWith('#') || !row.startsWith(prefix) ? null : line.exec(row)
    if (found === null) return []
    const [, name = '', labels = '', value = ''] = found
    const pairs = [...labels.matchAll(label)].map(([, key = '', text = '']) => [key, text] as const)
    return [{ name, labels: Object.fromEntries(pairs), value: value === '+Inf' ? Infinity : Number(value) }]
  })
}

/** The sum over the samples of a name that have all of `labels`; undefined when there is none. */
export function sumOf(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
  const wanted = Object.entries(labels)
  const found = samples.filter(sample => sample.name === name && wanted.every(([key, value]) => sample.labels[key] === value))
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0)
}
