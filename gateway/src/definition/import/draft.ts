import { type AuthScheme, type HttpActionDocument, type HttpConnectorDocument, methods } from '../document.ts'
import type { Operation } from './context.ts'
import { snakeCase, UniqueNames } from './names.ts'
import { type Imported, type ImportOptions, importFound } from './openapi.ts'
import { readSpec } from './read-spec.ts'
import { type ReportEntry, Reporter } from './report.ts'
import { isRecord, type Json } from './spec.ts'

/** One operation of a source that is no OpenAPI document, in the words of OpenAPI 3.1. */
export interface DraftOperation {
  /** The name it should have; made of method and path when absent or empty. */
  readonly name?: string | undefined
  readonly method: string
  /** Inputs stand in braces. */
  readonly path: string
  readonly value: Json
  /** Where it stands in the source: a JSON Pointer, or in a text `line 12`. */
  readonly at: string
  /** What OpenAPI has no words for. */
  readonly finish?: ((action: HttpActionDocument) => HttpActionDocument) | undefined
}

/** A source read into the words of OpenAPI, so that everything after it is the same for every format. */
export interface Draft {
  /** What people call the source. */
  readonly format: string
  readonly title: string
  readonly description?: string | undefined
  /** Server Objects of OpenAPI. */
  readonly servers: readonly Json[]
  readonly auth: ReadonlyMap<string, AuthScheme>
  readonly fields?: HttpConnectorDocument['fields']
  readonly tags?: readonly Json[]
  readonly schemas?: Json
  readonly operations: readonly DraftOperation[]
  /** Requests found besides, which can be no operation and are in the report already. */
  readonly others: number
  /** Whether the schemas are guesses from samples: an answer that differs then is no failure. */
  readonly isGuessed: boolean
}

/** A connector out of a draft. Throws INVALID_INPUT as `importSpec` does. */
export function importDraft(draft: Draft, report: Reporter, options: ImportOptions = {}): Imported {
  const { operations, finishers } = named(draft, report)
  const spec = readSpec({
    openapi: '3.1.0',
    info: { title: draft.title, description: draft.description },
    servers: draft.servers,
    tags: draft.tags,
    components: {
      schemas: draft.schemas,
      securitySchemes: Object.fromEntries([...draft.auth].map(([key, s]) => [key, wordsOf(s)])),
    },
    // Only so that the bounds on size and depth hold for them too.
    'x-operations': operations.map(({ value }) => value),
  })
  const byPlace = new Map(operations.map((operation) => [operation.at, operation]))
  const inner = new Reporter()
  const imported = importFound(spec, { operations, total: draft.operations.length + draft.others }, inner, options)
  const entries = [...report.entries, ...inner.entries].map((entry) => placed(entry, byPlace))
  const { document } = imported
  const fields = usedFields(draft, document)
  return {
    ...imported,
    report: { ...imported.report, format: draft.format, entries },
    document: {
      ...document,
      ...(document.auth === undefined ? {} : { auth: withOwnWords(document.auth, draft.auth) }),
      ...(fields === undefined ? {} : { fields }),
      ...(draft.isGuessed ? { limits: { response_check: 'warn' } } : {}),
      actions: finished(imported, options, finishers),
    },
  }

  function usedFields({ fields: declared }: Draft, { servers }: HttpConnectorDocument): HttpConnectorDocument['fields'] {
    const text = JSON.stringify([finished(imported, options, finishers), servers])
    const used = Object.entries(declared ?? {}).filter(([name]) => text.includes(`{{settings.${name}}}`))
    return used.length === 0 ? undefined : Object.fromEntries(used)
  }
}

type Finishers = ReadonlyMap<string, NonNullable<DraftOperation['finish']>>

function named(draft: Draft, report: Reporter): { readonly operations: readonly Operation[]; readonly finishers: Finishers } {
  const names = new UniqueNames()
  const operations: Operation[] = []
  const finishers = new Map<string, NonNullable<DraftOperation['finish']>>()
  for (const { name: written, method: sent, path, value, at, finish } of draft.operations) {
    const method = methods.find((one) => one === sent.toUpperCase())
    if (method === undefined) {
      const message = `${sent.slice(0, 40)} ${path} is not imported: this gateway does not send such requests.`
      report.add('operation_not_imported', '', at, message)
      continue
    }
    const wanted = snakeCase(written ?? '') || snakeCase(`${method.toLowerCase()} ${path}`)
    const name = names.take(wanted in Object.prototype ? `${wanted}_action` : wanted)
    if (name !== wanted)
      report.add('renamed', name, at, `The name "${wanted}" is taken by another operation; this one is "${name}".`)
    operations.push({ name, method, path, value, at, item: {}, itemAt: at })
    if (finish !== undefined) finishers.set(name, finish)
  }
  return { operations, finishers }
}

function finished({ document }: Imported, { choice }: ImportOptions, finishers: Finishers): HttpConnectorDocument['actions'] {
  const actions = { ...document.actions }
  for (const [name, finish] of finishers) {
    const renamed = choice?.rename
    const key = renamed !== undefined && Object.hasOwn(renamed, name) ? (renamed[name] ?? name) : name
    const action = Object.hasOwn(actions, key) ? actions[key] : undefined
    if (action !== undefined) actions[key] = finish(action)
  }
  return actions
}

/** Places in the words of OpenAPI become the place of the operation in the source, and entries about it have its name. */
function placed(entry: ReportEntry, byPlace: ReadonlyMap<string, Operation>): ReportEntry {
  const { pointer } = entry
  if (/^\/(paths|servers|components|security|x-operations)(\/|$)/.test(pointer)) return { ...entry, pointer: '' }
  const inside = /\/(parameters|requestBody|responses|security|servers)(\/|$)/.exec(pointer)
  const at = inside === null || byPlace.has(pointer) ? pointer : pointer.slice(0, inside.index)
  const operation = byPlace.get(at)
  return operation === undefined ? entry : { ...entry, pointer: at, operation: entry.operation || operation.name }
}

/** What OpenAPI can say of a scheme; the rest is put back afterwards. */
function wordsOf(scheme: AuthScheme): Json {
  switch (scheme.type) {
    case 'api_key':
      return { type: 'apiKey', in: scheme.in ?? 'header', name: scheme.name }
    case 'basic':
      return { type: 'http', scheme: 'basic' }
    default:
      return { type: 'http', scheme: 'bearer' }
  }
}

function withOwnWords(
  auth: NonNullable<HttpConnectorDocument['auth']>,
  own: Draft['auth'],
): NonNullable<HttpConnectorDocument['auth']> {
  return Object.fromEntries(Object.entries(auth).map(([name, scheme]) => [name, own.get(name) ?? scheme]))
}

/** A value from outside that is an object, or nothing in it. */
export const recordOf = (value: unknown): Json => (isRecord(value) ? value : {})

/** A value from outside that is a list, or nothing in it. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
