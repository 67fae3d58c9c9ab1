/** Longest description of an action: what an agent reads for every tool it is shown. Characters. */
export const MAX_DESCRIPTION = 2048

/** At most `max` characters, cut after a sentence where there is one in the second half, else after a word. */
export function bounded(text: string, max = MAX_DESCRIPTION): string {
  if (text.length <= max) return text
  const head = text.slice(0, max)
  const sentence = Math.max(...['. ', '.\n', '! ', '? ', '\n\n'].map((end) => head.lastIndexOf(end)))
  if (sentence > max / 2) return head.slice(0, sentence + 1).trimEnd()
  const word = head.slice(0, -1).search(/\s\S*$/)
  return `${(word > max / 2 ? head.slice(0, word) : head.slice(0, -1)).trimEnd()}…`
}
