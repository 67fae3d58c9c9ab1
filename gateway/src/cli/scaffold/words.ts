export const title = (name: string) => name.replace(/[-_]+/g, ' ').replace(/^\w/, (letter) => letter.toUpperCase())

/** A text as a literal of source, whatever is in it. */
export function literal(text: string): string {
  const json = JSON.stringify(text.replace(/\s+/g, ' '))
  return json.includes("'") || json.includes('\\') ? json : `'${json.slice(1, -1)}'`
}
