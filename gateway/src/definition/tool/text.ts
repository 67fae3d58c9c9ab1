/** Descriptions as models need them: plain words, whole sentences, what matters first. */

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': ' ',
  '&amp;': '&',
}
/** More of a text is never looked at: the longest descriptions of public documents are whole manuals. */
const maxRead = 16_000

/** A text without its markup: tags, link targets, images, emphasis and tables' rules cost tokens and say nothing. */
export function plainText(text: string): string {
  return text
    .slice(0, maxRead)
    .replace(/<!--[\s\S]*?-->/g, ' ')
    .replace(/<\/(?:p|li|h\d|div|tr|ul|ol)>|<br ?\/?>/gi, '\n')
    .replace(/<\/?[a-z][^<>]{0,200}>/gi, ' ')
    .replace(/&(?:lt|gt|quot|#39|nbsp|amp);/g, (entity) => entities[entity] ?? ' ')
    .replace(/!\[[^\][]{0,200}\]\([^()]{0,500}\)/g, ' ')
    .replace(/\[([^\][]{1,200})\]\([^()]{0,500}\)/g, '$1')
    .replace(/^[ \t]*(?:#{1,6}[ \t]+|[-=*_|: ]{3,}$)/gm, '')
    .replace(/(\*\*|__|`{1,3})/g, '')
    .replace(/[ \t\f\v\u00a0]+/g, ' ')
    .replace(/ ?[\r\n]+ ?/g, '\n')
    .trim()
}

export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '')

/** A text of at most so many bytes as JSON, cut between words, or inside one that is longer than all. */
function cut(text: string, budget: number): string {
  let kept = text.slice(0, Math.max(budget, 0))
  while (kept !== '' && jsonBytes(`${kept}…`) > budget) {
    // Half of the excess at least: a few rounds for any text.
    const excess = Math.max(1, Math.floor((jsonBytes(`${kept}…`) - budget) / 4))
    kept = kept.slice(0, -excess)
  }
  // Half of a character outside the basic plane is none.
  kept = kept.replace(/[\uD800-\uDBFF]$/, '')
  const space = kept.lastIndexOf(' ')
  if (space > kept.length / 2) kept = kept.slice(0, space)
  return kept === '' ? '' : `${kept.replace(/[\s,;:]+$/, '')}…`
}

/** Whole sentences from the beginning, as many as fit in so many bytes of JSON; only a first one that is too long is cut. */
export function trimText(text: string, budget: number): string {
  const clean = plainText(text)
  if (jsonBytes(clean) <= budget) return clean
  let kept = ''
  // A full stop inside a number or a name ends nothing.
  for (const sentence of clean.split(/(?<=[.!?]\s|\n)/)) {
    if (jsonBytes((kept + sentence).trimEnd()) > budget) break
    kept += sentence
  }
  return kept.trimEnd() || cut(clean, budget)
}
