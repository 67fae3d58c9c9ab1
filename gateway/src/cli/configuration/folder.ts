import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml'
import { CliError } from '../failure.ts'
import { isObject } from '../values.ts'

/** One YAML document of a folder. */
export interface FolderDocument {
  /** From the folder, with slashes. */
  readonly file: string
  readonly parsed: Document
  readonly lines: LineCounter
  readonly value: Record<string, unknown>
}

export interface Folder {
  readonly path: string
  readonly documents: readonly FolderDocument[]
}

export interface FoundProblem {
  /** Index of the document. */
  readonly document: number
  /** A JSON Pointer into it. */
  readonly path: string
  readonly message: string
}

const isYaml = (name: string) => /\.ya?ml$/i.test(name)

async function filesIn(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && isYaml(entry.name))
    .map((entry) => relative(path, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !file.split('/').some((part) => part.startsWith('.') || part === 'node_modules'))
  return files.sort()
}

/** The YAML documents of a folder and all folders in it, or of a file. Throws with file and line of what is no YAML. */
export async function readFolder(path: string, { orEmpty = false } = {}): Promise<Folder> {
  const found = await stat(path).catch(() => null)
  if (found === null && orEmpty) return { path, documents: [] }
  if (found === null) throw new CliError('INVALID_INPUT', `There is no folder ${path}.`, 'Make one: sallyport export <folder>')
  const [folder, files] = found.isFile() ? [dirname(path), [relative(dirname(path), path)]] : [path, await filesIn(path)]
  const documents: FolderDocument[] = []
  const problems: string[] = []
  for (const file of files) {
    const lines = new LineCounter()
    const text = await readFile(join(folder, file), 'utf8')
    for (const parsed of parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })) {
      for (const { pos, message } of parsed.errors) problems.push(`${file}:${lines.linePos(pos[0]).line}: ${message}`)
      if (parsed.errors.length > 0) continue
      const value: unknown = parsed.toJS({ maxAliasCount: 100 })
      if (value === null) continue
      if (isObject(value)) documents.push({ file, parsed, lines, value })
      else problems.push(`${file}: A document is a mapping, such as "toolset: support" with more keys.`)
    }
  }
  if (problems.length > 0) throw new CliError('INVALID_INPUT', problems.join('\n'), 'Correct these places and try again.')
  if (documents.length === 0 && !orEmpty)
    throw new CliError('INVALID_INPUT', `There are no YAML files in ${path}.`, 'Make some: sallyport export <folder>')
  return { path: folder, documents }
}

/** The line of a key or item, or of the closest thing around it that exists. */
function lineOf({ parsed, lines }: FolderDocument, pointer: string): number {
  let node: unknown = parsed.contents
  let offset = isNode(node) ? node.range?.[0] : undefined
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name)
      if (pair === undefined) break
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(name)]
      if (isNode(node)) offset = node.range?.[0] ?? offset
    } else break
  }
  return lines.linePos(offset ?? 0).line || 1
}

/** `connections/crm.yaml:4` */
export function placeOf(folder: Folder, { document, path }: Pick<FoundProblem, 'document' | 'path'>): string {
  const found = folder.documents[document]
  return found === undefined ? folder.path : `${found.file}:${lineOf(found, path)}`
}

export function problemsOf(folder: Folder, problems: readonly FoundProblem[], advice?: string): CliError {
  const errors = problems.map((one) => ({ place: placeOf(folder, one), ...one }))
  const text = errors.map(({ place, message }) => `${place}: ${message}`).join('\n')
  return new CliError('INVALID_INPUT', text, advice ?? 'Correct these places and try again.', { errors })
}
