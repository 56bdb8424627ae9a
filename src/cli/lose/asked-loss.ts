import { InvalidArgumentError } from 'commander'
import { parseLoss, type Loss } from '../../survey/lose/loss.ts'

/** A loss, and how it was asked for. */
export interface AskedLoss {
  readonly text: string
  readonly loss: Loss
}

/** One more value of `--lose`. */
export function collectLoss(text: string, before: readonly AskedLoss[] = []): readonly AskedLoss[] {
  const loss = parseLoss(text)
  if (loss === undefined) throw new InvalidArgumentError('It must be group=NAME, zone=NAME, node=NAME, or a node label KEY=VALUE.')
  return [...before, { text, loss }]
}
