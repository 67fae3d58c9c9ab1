import { parseAllDocuments, stringify } from 'yaml'
import type { Json } from '../../api/types.ts'

interface Exported {
  readonly file: string
  readonly document: Json
}

/** All documents as one stream, each with the file that `sallyport export` would write it to. */
export function streamOf(items: readonly Exported[]): string {
  const options = { lineWidth: 0, blockQuote: 'literal', aliasDuplicateObjects: false } as const
  return items.map(({ file, document }) => `---\n# ${file}\n${stringify(document, options)}`).join('')
}

/** The documents of a stream. Throws a sentence with the line of what is no YAML. */
export function documentsIn(text: string, file: string): { file: string; document: Record<string, unknown> }[] {
  return parseAllDocuments(text, { stringKeys: true }).flatMap((parsed) => {
    const [problem] = parsed.errors
    if (problem !== undefined) throw new Error(`Line ${problem.linePos?.[0].line ?? 1}: ${problem.message.split('\n')[0] ?? ''}`)
    const value: unknown = parsed.toJS({ maxAliasCount: 100 })
    if (value === null) return []
    if (typeof value !== 'object' || Array.isArray(value)) throw new Error('A document is a mapping, such as "toolset: support".')
    return [{ file, document: { ...value } }]
  })
}
