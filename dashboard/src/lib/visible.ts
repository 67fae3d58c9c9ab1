/** Characters that nobody sees, or that turn text around: format characters (Cf), separators of lines, and controls but line breaks. */
const unseen = /[\p{Cf}\p{Zl}\p{Zp}]|(?![\n\t])\p{Cc}/gu

/** A text with its unseen characters written out, such as `\u{202e}`: what a person decides on must look like what it is. */
export function visible(text: string): string {
  return text.replace(unseen, (each) => `\\u{${each.codePointAt(0)?.toString(16)}}`)
}
