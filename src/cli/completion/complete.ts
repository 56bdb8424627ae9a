import type { Argument, Command, Option } from 'commander'

/** What may stand where the cursor is. */
export interface Completions {
  readonly words: readonly { readonly word: string, readonly description: string }[]
  /** Whether names of files or folders may stand there too, which the shell knows best. */
  readonly paths: 'none' | 'files' | 'folders'
}

/** The hidden first argument by which a shell asks: the words so far follow, the last of them is the one to complete. */
export const completeCommand = '__complete'

const nothing: Completions = { words: [], paths: 'none' }

/** Where the cursor is, by the words before it. */
interface Place {
  readonly command: Command
  /** Arguments of the command that are there already. */
  readonly operands: number
  /** An option that waits for its value. */
  readonly pending: Option | undefined
  readonly given: ReadonlySet<Option>
  /** Whether options may still come: none do after `--`. */
  readonly mayBeOption: boolean
}

/** What a program knows of the last of these words, by its own commands, options and arguments. */
export function complete(program: Command, words: readonly string[]): Completions {
  const place = words.slice(0, -1).reduce(step, {
    command: program, operands: 0, pending: undefined, given: new Set<Option>(), mayBeOption: true,
  })
  const word = words.at(-1) ?? ''
  const found = candidates(place, word)
  const part = found.isValue === true && word.startsWith('--') ? word.slice(word.indexOf('=') + 1) : word
  return { ...found.completions, words: found.completions.words.filter(one => one.word.startsWith(part)) }
}

function step({ command, operands, pending, given, mayBeOption }: Place, word: string): Place {
  const option = mayBeOption && word.startsWith('-') ? optionOf(command, word.split('=', 1)[0] ?? '') : undefined
  // A value may begin with a dash; only an option with several ends where the next option begins.
  if (pending !== undefined && !(pending.variadic && option !== undefined)) {
    return { command, operands, given, mayBeOption, pending: pending.variadic ? pending : undefined }
  }
  if (mayBeOption && word === '--') return { command, operands, given, mayBeOption: false, pending: undefined }
  if (mayBeOption && word.startsWith('-') && word !== '-') {
    const waits = option !== undefined && (option.required || option.optional) && !word.includes('=')
    const all = option === undefined ? given : new Set([...given, option])
    return { command, operands, mayBeOption, pending: waits ? option : undefined, given: all }
  }
  const sub = operands === 0 ? visibleCommands(command).find(one => one.name() === word || one.aliases().includes(word)) : undefined
  return sub === undefined
    ? { command, operands: operands + 1, pending: undefined, given, mayBeOption }
    : { command: sub, operands: 0, pending: undefined, given: new Set(), mayBeOption: true }
}

function candidates({ command, operands, pending, given, mayBeOption }: Place, word: string): { completions: Completions, isValue?: true } {
  if (pending !== undefined && !(pending.variadic && word.startsWith('-'))) return { completions: valuesOf(pending) }
  if (mayBeOption && word.startsWith('--') && word.includes('=')) {
    const option = optionOf(command, word.slice(0, word.indexOf('=')))
    return { completions: option?.required === true || option?.optional === true ? valuesOf(option) : nothing, isValue: true }
  }
  if (mayBeOption && word.startsWith('-')) return { completions: { words: optionWords(command, given), paths: 'none' } }
  const subs = visibleCommands(command)
  if (subs.length > 0) {
    const words = subs.map(sub => ({ word: sub.name(), description: sub.description() }))
    return { completions: operands > 0 ? nothing : { words, paths: 'none' } }
  }
  const last = command.registeredArguments.at(-1)
  const argument = command.registeredArguments[operands] ?? (last?.variadic === true ? last : undefined)
  return { completions: argument === undefined ? nothing : valuesOfArgument(argument) }
}

function visibleCommands(command: Command): readonly Command[] {
  return command.createHelp().visibleCommands(command)
}

function optionOf(command: Command, flag: string): Option | undefined {
  return command.createHelp().visibleOptions(command).find(({ long, short }) => flag === long || flag === short)
}

/** By their long names: those say what they mean. */
function optionWords(command: Command, given: ReadonlySet<Option>): Completions['words'] {
  const isGiven = (option: Option): boolean => !option.variadic && [...given].some(({ long }) => long === option.long)
  return command.createHelp().visibleOptions(command).filter(option => !isGiven(option))
    .map(({ long, short, description }) => ({ word: long ?? short ?? '', description }))
}

function valuesOf({ argChoices, flags }: Option): Completions {
  return byPlaceholder(argChoices, /[<[](?<name>[^<>[\]]+)[>\]]/u.exec(flags)?.groups?.['name'] ?? '')
}

function valuesOfArgument(argument: Argument): Completions {
  return byPlaceholder(argument.argChoices, argument.name())
}

/** Choices, or what stands for the value in the usage: on|off, FILE, DIR. */
function byPlaceholder(choices: readonly string[] | undefined, placeholder: string): Completions {
  const name = placeholder.replace(/\.\.\.$/u, '')
  const named = name.split('|')
  const listed = choices ?? (named.length > 1 ? named : [])
  const paths = named.includes('FILE') ? 'files' : name === 'DIR' ? 'folders' : 'none'
  return { words: listed.map(word => ({ word, description: '' })), paths }
}

/** ShellCompDirective values of cobra (completions.go), by which kubectl reads what a plugin's completion answers. */
const directives = { files: 0, none: 4, folders: 16 } as const

/** As cobra prints it: a word and its description a line, then the directive. */
export function printCompletions({ words, paths }: Completions): string {
  const lines = words.map(({ word, description }) => (description === '' ? word : `${word}\t${description}`))
  return [...lines, `:${directives[paths]}`, ''].join('\n')
}
