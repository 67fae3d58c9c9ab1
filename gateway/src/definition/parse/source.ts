import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'

/** A file by hand has some kilobytes; the bound keeps a mistake from occupying the gateway. */
export const maxTextLength = 5 * 1024 * 1024
/** JSON texts longer than this are made by programs and are read without positions: YAML is a hundred times slower. */
const maxPositionedJson = 256 * 1024
/** The default of `yaml`: how often aliases may multiply nodes. Ten levels of ten would be 10^10. */
const maxAliasCount = 100
const maxErrors = 20

export interface Position {
  readonly line: number
  readonly column: number
}

export interface SourceProblem extends Partial<Position> {
  readonly path: string
  readonly message: string
}

export type Source =
  | { readonly ok: true; readonly value: unknown; locate(path: readonly string[]): Position | undefined }
  | { readonly ok: false; readonly problems: readonly SourceProblem[] }

const problem = (message: string): Source => ({ ok: false, problems: [{ path: '', message }] })

/** The position of a key or item, or of the closest thing around it that exists. */
function locateIn(document: Document, lines: LineCounter, path: readonly string[]): Position | undefined {
  let node: unknown = document.contents
  let offset = isNode(node) ? node.range?.[0] : undefined
  for (const token of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === token)
      if (pair === undefined) break
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(token)]
      if (isNode(node)) offset = node.range?.[0] ?? offset
    } else {
      break
    }
  }
  if (offset === undefined) return undefined
  const { line, col } = lines.linePos(offset)
  return line === 0 ? undefined : { line, column: col }
}

function readYaml(text: string): Source {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  if (document.errors.length > 0) {
    return {
      ok: false,
      problems: document.errors.slice(0, maxErrors).map(({ pos, message }) => {
        const { line, col } = lines.linePos(pos[0])
        return {
          path: '',
          line,
          column: col,
          message: /call stack/.test(message) ? 'The text is nested too deeply' : `This is not valid YAML or JSON: ${message}`,
        }
      }),
    }
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount })
    return { ok: true, value, locate: (path) => locateIn(document, lines, path) }
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    const unknown = /^Unresolved alias.*: (.*)$/.exec(error.message)?.[1]
    if (unknown !== undefined) return problem(`The alias *${unknown} refers to no anchor before it.`)
    return problem('The text repeats itself too often with aliases (*name). Write the parts out.')
  }
}

/** Reads YAML or JSON text. Positions are found again by path when a problem needs them. */
export function readText(text: string): Source {
  if (text.length > maxTextLength)
    return problem(`The text has more than ${maxTextLength / 1024 / 1024} MB, which no such file needs.`)
  if (text.trim() === '') return problem('The text is empty.')
  try {
    if (text.length > maxPositionedJson && text.trimStart().startsWith('{')) {
      const value = tryJson(text)
      if (value !== undefined) return { ok: true, value, locate: () => undefined }
    }
    return readYaml(text)
  } catch (error) {
    if (error instanceof RangeError) return problem('The text is nested too deeply.')
    throw error
  }
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
