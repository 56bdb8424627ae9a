import type { Command } from 'commander'
import { environmentVariable, serveFlags, type Flag } from './serve-flags.ts'

/** Which cluster a command asks; `openConnection` makes the connection of them. */
export interface ClusterFlags {
  readonly kubeconfig?: string
  readonly context?: string
}

export const clusterFlagNames = ['kubeconfig', 'context'] as const satisfies readonly (keyof ClusterFlags)[]

/** Adds --kubeconfig and --context, as `serve` has them. */
export function addClusterFlags(command: Command): Command {
  for (const flag of serveFlags.filter(({ name }) => clusterFlagNames.some(one => one === name))) addServeFlag(command, flag)
  return command
}

/** The default is named and not set: only parseConfiguration may tell a flag that was given from one that was not. */
export function addServeFlag(command: Command, { name, value, help, default: byDefault }: Flag): void {
  const unset = byDefault === undefined ? '' : `default: ${byDefault}; `
  command.option(`--${name} <${value}>`, `${help} (${unset}$${environmentVariable(name)})`)
}
