import { access, mkdir, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Schemas } from '@sallyport/sdk'
import { type Document, isMap, isScalar, isSeq, stringify, type ToStringOptions, type YAMLMap, type YAMLSeq } from 'yaml'
import { isObject } from '../values.ts'
import type { Folder } from './folder.ts'

type Item = Schemas['ConfigurationExport']['items'][number]
type Plan = Schemas['ConfigurationPlan']

export const schemaFile = 'configuration.schema.json'
const format = { lineWidth: 0, blockQuote: 'literal', flowCollectionPadding: true } as const satisfies ToStringOptions

/** A new file of one resource. */
export function fileText({ file, document }: Pick<Item, 'file' | 'document'>): string {
  const up = '../'.repeat(file.split('/').length - 1) || './'
  return `# yaml-language-server: $schema=${up}${schemaFile}\n${stringify(document, { ...format, aliasDuplicateObjects: false })}`
}

/** Makes a parsed node say what the value says, and touches nothing that says it already: comments stay where they are. */
function merge(document: Document, node: unknown, value: unknown): boolean {
  if (isMap(node) && isObject(value)) {
    mergeMap(document, node, value)
    return true
  }
  if (isSeq(node) && Array.isArray(value)) {
    mergeSeq(document, node, value)
    return true
  }
  if (!isScalar(node) || (typeof value === 'object' && value !== null)) return false
  if (node.value !== value) {
    node.value = value
    delete node.source
  }
  return true
}

function mergeMap(document: Document, map: YAMLMap, value: Record<string, unknown>): void {
  for (const pair of [...map.items]) {
    const key = isScalar(pair.key) ? String(pair.key.value) : ''
    if (!Object.hasOwn(value, key)) map.delete(pair.key)
  }
  for (const [key, member] of Object.entries(value)) {
    if (!merge(document, map.get(key, true), member)) map.set(key, document.createNode(member))
  }
}

function mergeSeq(document: Document, seq: YAMLSeq, value: readonly unknown[]): void {
  value.forEach((item, at) => {
    if (!merge(document, seq.get(at, true), item)) seq.set(at, document.createNode(item))
  })
  seq.items.splice(value.length)
}

export interface Written {
  readonly written: readonly string[]
  readonly removed: readonly string[]
  /** What only the folder has, and keeps. */
  readonly left: readonly string[]
}

/**
 * Writes what the workspace has over what the folder has: documents that mean the same stay as they are, others are edited in
 * place, and new ones come into files of their own. `plan` is that of the folder as it is.
 */
export async function writeFolder(folder: Folder, items: readonly Item[], plan: Plan | null, prune: boolean): Promise<Written> {
  const documents = folder.documents.map((one) => ({ ...one, gone: false }))
  const touched = new Set<string>()
  const fresh: Item[] = []
  const left: string[] = []
  const find = (type: string, key: string) => items.find((item) => item.type === type && item.key === key)
  const again = (item: Item | undefined) => {
    if (item !== undefined && !fresh.includes(item)) fresh.push(item)
  }
  for (const { action, type, key, document: at } of plan?.changes ?? []) {
    const old = at === null ? undefined : documents[at]
    if (old === undefined) continue
    if (action === 'create') {
      if (!prune) left.push(`${type} ${key}`)
      else if ('custom_api' in old.value || old.value.connector !== undefined || type !== 'member') old.gone = true
    } else if ('custom_api' in old.value) {
      // Its form has no place for what the workspace says now.
      old.gone = true
      again(find('connector', String(isObject(old.value.custom_api) ? old.value.custom_api.slug : '')))
      const own = items.find((item) => item.type === 'connection' && item.document.connection === nameOf(old.value.custom_api))
      again(own)
    } else if (type === 'member') {
      const role = isObject(find('member', '')?.document.members) ? membersOf(items)[key] : undefined
      if (role !== undefined) old.parsed.setIn(['members', spelling(old.value.members, key)], role)
    } else {
      const item = find(type, key)
      if (item !== undefined) merge(old.parsed, old.parsed.contents, item.document)
    }
    if (action === 'change' || old.gone) touched.add(old.file)
  }
  const roles = documents.find(({ value }) => 'members' in value && !('team' in value))
  for (const { type, key } of plan?.kept ?? []) {
    if (type !== 'member') again(find(type, key))
    else if (roles === undefined) again(find('member', ''))
    else {
      roles.parsed.setIn(['members', key], membersOf(items)[key])
      touched.add(roles.file)
    }
  }
  const removed: string[] = []
  const written: string[] = []
  for (const file of touched) {
    const rest = documents.filter((one) => one.file === file && !one.gone)
    if (rest.length === 0) {
      await unlink(join(folder.path, file))
      removed.push(file)
      continue
    }
    const texts = rest.map(({ parsed }, at) => {
      const text = parsed.toString(format)
      return at === 0 || text.startsWith('---') ? text : `---\n${text}`
    })
    await writeFile(join(folder.path, file), texts.join(''))
    written.push(file)
  }
  for (const item of plan === null ? items : fresh) {
    const file = await freeName(folder.path, item.file, removed)
    await mkdir(dirname(join(folder.path, file)), { recursive: true })
    await writeFile(join(folder.path, file), fileText({ ...item, file }))
    written.push(file)
  }
  return { written: written.sort(), removed, left }
}

const nameOf = (api: unknown) => (isObject(api) ? api.name : undefined)

function membersOf(items: readonly Item[]): Record<string, unknown> {
  const members = items.find(({ type, key }) => type === 'member' && key === '')?.document.members
  return isObject(members) ? members : {}
}

/** An email as the document writes it. */
function spelling(members: unknown, email: string): string {
  return Object.keys(isObject(members) ? members : {}).find((one) => one.toLowerCase() === email) ?? email
}

async function freeName(folder: string, wanted: string, removed: readonly string[]): Promise<string> {
  for (let count = 1; ; count++) {
    const file = count === 1 ? wanted : wanted.replace(/\.yaml$/, `-${count}.yaml`)
    const exists = await access(join(folder, file)).then(
      () => true,
      () => false,
    )
    if (!exists || removed.includes(file)) return file
  }
}
