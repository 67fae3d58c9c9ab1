const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#39': "'", nbsp: ' ' }

/** The words of a description, which API documents write in HTML or Markdown, without the markup. */
export function plainText(text: string): string {
  return text
    .replace(/<\/?[a-z][^>]{0,300}>/gi, ' ')
    .replace(/!?\[([^\]]{1,200})\]\([^)]{1,300}\)/g, '$1')
    .replace(/(`{1,3}|\*{1,3})(?=\S)([^`*\n]{1,200})(?<=\S)\1/g, '$2')
    .replace(/&(amp|lt|gt|quot|apos|#39|nbsp);/g, (whole, name: string) => entities[name] ?? whole)
    .replace(/\s+/g, ' ')
    .trim()
}
