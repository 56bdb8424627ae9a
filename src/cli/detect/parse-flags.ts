import { InvalidArgumentError, type Option } from 'commander'
import { faultOfLabelKey, faultOfNamespace } from '../../placement/distributor/label-syntax.ts'
import { parseCondition, type Condition } from '../../survey/condition.ts'
import { workloadKinds, type WorkloadKind } from '../../survey/workload-kinds.ts'
import { parseOutput, type Output } from './output.ts'

/** Of a flag that may be given several times, each time with one value or several that have commas between them. */
export function each<T>(parse: (text: string) => T): (text: string, before?: readonly T[]) => readonly T[] {
  return (text, before = []) => [...before, ...text.split(',').map(part => parse(part.trim()))]
}

/** What a shell may complete: commander would let nothing else pass, which is for the parser to say. */
export function choosing(option: Option, choices: readonly string[]): Option {
  option.argChoices = [...choices]
  return option
}

export const parseNamespaces = each(text => {
  const fault = text === '' ? 'A name is missing.' : faultOfNamespace(text)
  if (fault !== undefined) throw new InvalidArgumentError(`${fault}.`.replace('..', '.'))
  return text
})

/** As kubectl takes kinds: in any case, in the plural too. */
export const parseKinds = each((text): WorkloadKind => {
  const wanted = text.toLowerCase()
  const kind = workloadKinds.find(one => one.toLowerCase() === wanted || `${one.toLowerCase()}s` === wanted)
  if (kind === undefined) throw new InvalidArgumentError(`It must be ${workloadKinds.join(', ')}; several have commas between them.`)
  return kind
})

export const parseConditions = each((text): Condition => {
  const condition = parseCondition(text)
  if (condition !== undefined) return condition
  const hint = text.startsWith('tolerates') ? ' To a shell < is a sign of its own: put it in quotes, \'tolerates<2\'.' : ''
  throw new InvalidArgumentError(`It must be shared, single-node or tolerates<N, N from 1.${hint}`)
})

/** A number of pods, or a share of those that are wanted. */
export function parseMinAvailable(text: string): number | string {
  if (/^\d{1,6}$/u.test(text)) return Number(text)
  if (/^(?:\d{1,2}|100)%$/u.test(text)) return text
  throw new InvalidArgumentError('It must be a number of pods, or a share from 0% to 100%.')
}

export function parseTopologyKey(text: string): string {
  const fault = faultOfLabelKey(text)
  if (fault !== undefined) throw new InvalidArgumentError(`${fault}.`)
  return text
}

export function parseOutputFlag(text: string): Output {
  const output = parseOutput(text)
  if ('mistake' in output) throw new InvalidArgumentError(output.mistake)
  return output
}
