/** One step of a stage; only what our Dockerfile uses is known, all else is refused by name. */
export type Step =
  | { readonly kind: 'WORKDIR' | 'RUN' | 'USER', readonly text: string }
  | { readonly kind: 'COPY', readonly from: string | undefined, readonly sources: readonly string[], readonly target: string }
  | { readonly kind: 'ARG' | 'ENV' | 'LABEL', readonly values: Readonly<Record<string, string>> }
  | { readonly kind: 'EXPOSE', readonly ports: readonly string[] }
  | { readonly kind: 'ENTRYPOINT' | 'CMD', readonly args: readonly string[] }

export interface Stage {
  readonly image: string
  readonly platform: string | undefined
  readonly name: string | undefined
  readonly steps: readonly Step[]
}

/** The steps of one kind, in their order. */
export const stepsOf = <Kind extends Step['kind']>({ steps }: Pick<Stage, 'steps'>, kind: Kind) =>
  steps.filter((step): step is Step & { readonly kind: Kind } => step.kind === kind)

/** Lines that end in a backslash are one with the next; comments and empty lines go, between those too, as in Docker. */
const joined = (text: string): readonly string[] => text.split('\n').filter(line => !/^\s*(?:#|$)/u.test(line)).join('\n')
  .replaceAll(/\\\n\s*/gu, '').split('\n')

/** Words as Docker splits KEY=VALUE: double quotes keep blanks. */
const pairs = (line: string): Readonly<Record<string, string>> => {
  const words = [...line.matchAll(/(?<key>[\w.-]+)=(?:"(?<quoted>[^"\\]*)"|(?<bare>[^\s"'\\]*))(?:\s+|$)/gu)]
  if (words.map(([word]) => word).join('') !== line) throw new Error(`not KEY=VALUE, or quoted in a way that is not known here: ${line}`)
  return Object.fromEntries(words.map(({ groups = {} }) => [groups['key'], groups['quoted'] ?? groups['bare'] ?? '']))
}

/** Only the exec form: what is in no brackets would be run by a shell, which the image has not. */
const execForm = (line: string): readonly string[] => {
  const args: unknown = line.startsWith('[') ? JSON.parse(line) : undefined
  if (!Array.isArray(args) || !args.every(arg => typeof arg === 'string') || args.length === 0) throw new Error(`not in exec form: ${line}`)
  return args
}

const copy = (line: string): Step => {
  const words = line.split(/\s+/u)
  const from = words[0]?.startsWith('--from=') === true ? words.shift()?.slice('--from='.length) : undefined
  const [target, ...sources] = words.toReversed()
  if (target === undefined || sources.length === 0 || words.some(word => /^-|[*?[\]"'$<]/u.test(word))) throw new Error(`COPY ${line} is not known here`)
  if (sources.length > 1 && !target.endsWith('/')) throw new Error(`COPY ${line}: with several sources the target must end in a slash`)
  return { kind: 'COPY', from, sources: sources.toReversed(), target }
}

const parseStep = (word: string, rest: string): Step => {
  switch (word) {
    case 'WORKDIR': case 'RUN': case 'USER': return { kind: word, text: rest }
    case 'COPY': return copy(rest)
    case 'ARG': case 'ENV': case 'LABEL': return { kind: word, values: pairs(rest) }
    case 'EXPOSE': return { kind: word, ports: rest.split(/\s+/u) }
    case 'ENTRYPOINT': case 'CMD': return { kind: word, args: execForm(rest) }
    default: throw new Error(`${word} ${rest} is not known here`)
  }
}

/** The stages of a Dockerfile. Throws for whatever it is not sure to read as Docker does. */
export const parseDockerfile = (text: string): readonly Stage[] => {
  const stages: { image: string, platform: string | undefined, name: string | undefined, steps: Step[] }[] = []
  for (const line of joined(text)) {
    const { word = '', rest = '' } = /^(?<word>[A-Z]+)\s+(?<rest>.*\S)\s*$/u.exec(line)?.groups ?? {}
    if (word === 'FROM') {
      const { platform, image, name } = /^(?:--platform=(?<platform>\S+)\s+)?(?<image>[^-\s]\S*)(?:\s+AS\s+(?<name>[a-z][\w-]*))?$/u.exec(rest)?.groups ?? {}
      if (image === undefined) throw new Error(`${line} is not known here`)
      stages.push({ image, platform, name, steps: [] })
    } else if (stages.length === 0) throw new Error(`${line} stands before the first FROM`)
    else stages.at(-1)?.steps.push(parseStep(word, rest))
  }
  return stages
}

/** What a .dockerignore lets through, when it is a list of exceptions from everything; throws for any other. */
export const parseAllowList = (text: string): readonly string[] => {
  const [first, ...others] = text.split('\n').filter(line => !/^\s*(?:#|$)/u.test(line))
  if (first !== '*' || others.some(line => !/^![\w.-]+(?:\/[\w.-]+)*$/u.test(line))) throw new Error('the .dockerignore is not "*" and then paths by "!"')
  return others.map(line => line.slice(1))
}
