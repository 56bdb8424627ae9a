/** What one TLS connection to a webhook tells without being read: when something was asked, and when it was answered. */
export interface Conversation {
  readonly asked: (bytes: number) => void
  readonly answered: (bytes: number) => void
  /** A call has been sent that is not answered, or waits until the handshake is done. */
  readonly isWaiting: () => boolean
  /** The connection is closed: the last call is over. */
  readonly end: () => void
}

/** A review takes more; a ClientHello with a post-quantum key share 1.5 KB. */
const leastReview = 2200
/** A ClientHello has as much; a farewell (24 bytes) and the end of a handshake (74) do not. */
const leastCall = 200
/** Session tickets, which a server sends once a handshake is done, take less; with an answer behind them it is more. */
const leastAnswer = 800

/**
 * Follows one connection of HTTP/1.1, on which one call is answered before the next is sent. `onCall` is told the milliseconds of each
 * call, from the first byte asked to the last one answered; the first call of a connection includes the handshake, as it does for the
 * API server. A call is told once the next begins, or the connection ends.
 */
export function createConversation(now: () => number, onCall: (milliseconds: number) => void): Conversation {
  let bytes = 0
  let unanswered = 0
  /** How often the client has spoken: first a ClientHello. */
  let turns = 0
  let afterHandshake = 0
  let begin: number | undefined
  let answer: number | undefined
  const finish = (): void => {
    if (begin === undefined || answer === undefined || bytes < leastReview) return
    onCall(answer - begin)
    begin = undefined
    bytes = 0
  }
  return {
    asked(more) {
      finish()
      if (turns === 0 || answer !== undefined) turns += 1
      bytes += more
      unanswered += more
      begin ??= now()
      answer = undefined
    },
    answered(more) {
      // A farewell is no part of the answer that it comes after.
      if (answer !== undefined && more < leastCall) return
      if (turns > 1 && afterHandshake < leastAnswer) {
        afterHandshake += more
        if (afterHandshake < leastAnswer) return
      }
      answer = now()
      unanswered = 0
    },
    isWaiting: () => turns < 2 || unanswered >= leastCall,
    end: finish,
  }
}
