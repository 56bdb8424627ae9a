import t from 'tap'
import { serveFlags } from '../../../src/cli/serve-flags.ts'
import { runCommand } from '../run-command.ts'

/** The words that are offered for the last of these, and the directive behind them. */
const offered = async (...words: readonly string[]): Promise<readonly string[]> => {
  const { out } = await runCommand(['__complete', ...words])
  return out.trimEnd().split('\n').map(line => line.split('\t')[0] ?? '')
}

const [files, none, folders] = [':0', ':4', ':16']
const clusterOptions = ['--kubeconfig', '--context']
const planOptions = ['--manifests', ...clusterOptions, '--namespace', '--replicas', '--lose', '--all', '--output', '--help']

const cases: readonly { name: string, input: readonly string[], want: readonly string[] }[] = [
  { name: 'the beginning of a command', input: ['pl'], want: ['plan', none] },
  { name: 'what begins no command', input: ['x'], want: [none] },
  { name: 'options of the program', input: ['-'], want: ['--version', '--help', none] },
  { name: 'all options of a command', input: ['plan', '-'], want: [...planOptions, none] },
  { name: 'options but those that are there', input: ['plan', '-n', 'shop', '--output=json', '--'], want: [
    ...planOptions.filter(option => !['--namespace', '--output'].includes(option)), none] },
  { name: 'the beginning of an option', input: ['plan', '--re'], want: ['--replicas', none] },
  { name: 'choices', input: ['plan', '-o', ''], want: ['table', 'json', 'yaml', none] },
  { name: 'choices of another command', input: ['admit', '-o', 'p'], want: ['patch', none] },
  { name: 'choices behind an equals sign', input: ['plan', '--output=j'], want: ['json', none] },
  { name: 'a folder', input: ['plan', '--manifests', ''], want: [folders] },
  { name: 'a folder behind an equals sign', input: ['plan', '--manifests=con'], want: [folders] },
  { name: 'a file', input: ['plan', '--kubeconfig', ''], want: [files] },
  { name: 'a value of which nothing is known', input: ['plan', '--context', ''], want: [none] },
  { name: 'a value that looks like an option', input: ['plan', '--context', '-'], want: [none] },
  { name: 'a switch', input: ['serve', '--adoption', 'o'], want: ['on', 'off', none] },
  { name: 'nothing behind the equals sign of a flag that takes none', input: ['version', '--client='], want: [none] },
  { name: 'an argument that is free', input: ['plan', ''], want: [none] },
  { name: 'files, as many as you like', input: ['admit', 'a.yaml', 'b.yaml', ''], want: [files] },
  { name: 'a file behind an option with its value', input: ['admit', '--replicas', '3', ''], want: [files] },
  { name: 'a value that comes after others', input: ['certs', '--host', 'a', 'b', ''], want: [none] },
  { name: 'an option that ends such a row', input: ['certs', '--host', 'a', 'b', '--c'], want: ['--certificates', none] },
  { name: 'one that may be said again', input: ['certs', '--host', 'a', '--certificates', 'x', '--h'], want: ['--host', '--help', none] },
  { name: 'no option after two dashes', input: ['admit', '--', '-'], want: [files] },
  { name: 'an argument with choices', input: ['completion', ''], want: ['bash', 'zsh', 'fish', none] },
  { name: 'no second one', input: ['completion', 'bash', ''], want: [none] },
  { name: 'nothing of an unknown command', input: ['nothing', ''], want: [none] },
  { name: 'an option that nobody knows', input: ['plan', '--nothing', ''], want: [none] },
  { name: 'no words at all', input: [], want: await offered('') },
]

void t.test('what may follow is known from the commands themselves', async t => {
  for (const { name, input, want } of cases) t.strictSame(await offered(...input), want, name)
})

void t.test('every command that the help names is offered, and no other', async t => {
  const { out } = await runCommand(['--help'])
  const named = (out.split('Commands:\n')[1] ?? '').split('\n').flatMap(line => /^ {2}(?<name>[a-z]+)/u.exec(line)?.groups?.['name'] ?? [])
  t.ok(named.length >= 6, named.join(', '))
  t.strictSame(await offered(''), [...named, none])
})

void t.test('every flag of serve is offered', async t => {
  t.strictSame(await offered('serve', '--'), [...serveFlags.map(({ name }) => `--${name}`), '--help', none])
})

void t.test('each word comes with what it means', async t => {
  const { out, code } = await runCommand(['__complete', 'version', '--cl'])
  t.same({ out, code }, { out: '--client\tof this program alone: ask no cluster\n:4\n', code: 0 })
})
