/** A text from elsewhere as one line that a terminal takes for nothing but text: control characters are shown as `\x1b`. */
export function printable(text: string): string {
  // C0, DEL and C1, the line and paragraph separators, and what turns the direction of writing.
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, one => {
    const code = one.charCodeAt(0)
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`
  })
}
