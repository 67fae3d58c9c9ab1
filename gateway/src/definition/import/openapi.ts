import { SallyportError } from '../../errors.ts'
import { methods as allMethods, type HttpActionDocument, type HttpConnectorDocument } from '../document.ts'
import { actionName, type Choice, chosenOf, contentTypeFor } from './choice.ts'
import type { Operation } from './context.ts'
import { Inputs } from './inputs.ts'
import { proposeSlug, snakeCase, UniqueNames } from './names.ts'
import { importOperation } from './operation.ts'
import { readSpec, type SpecOptions } from './read-spec.ts'
import { type ImportReport, Reporter } from './report.ts'
import { SchemaLibrary } from './schemas.ts'
import { Security } from './security.ts'
import { importServers } from './servers.ts'
import { Shared } from './shared.ts'
import { entriesOf, isRecord, type Json, own, pointer, type Spec, textOf } from './spec.ts'
import { bounded } from './text.ts'

export interface ImportOptions extends SpecOptions {
  /** Slug of the connector; made from the title when absent. */
  readonly connector?: string | undefined
  readonly name?: string | undefined
  /** Base of a relative server URL, or of a document without servers. */
  readonly serverUrl?: string | undefined
  readonly choice?: Choice | undefined
  /** Told now and then how many operations are done, of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

export interface Imported {
  readonly document: HttpConnectorDocument
  readonly report: ImportReport
  /** Every operation found, chosen or not, by the name its action has or would have. */
  readonly operations: readonly Operation[]
  /** Tags as the document describes them. */
  readonly tags: readonly Tag[]
  /** Media types to choose from for the body, by operation, where there are several. */
  readonly contentTypes: ReadonlyMap<string, readonly string[]>
}

/** How many operations are imported between two words about it. */
const progressStep = 250

/**
 * A connector out of a document of OpenAPI 3.0, 3.1 or 3.2 or Swagger 2.0: an object, or its JSON or YAML text. Pure. The
 * result shares what it can with an object that is passed in, so neither may be changed afterwards.
 * Throws INVALID_INPUT when it is no such document, has no operation, or no absolute server address.
 */
export function importOpenApi(source: unknown, options: ImportOptions = {}): Imported {
  return importSpec(readSpec(source, options), options)
}

/** The same of documents that are read already. */
export function importSpec(spec: Spec, options: ImportOptions = {}): Imported {
  const report = new Reporter()
  if (Number(/^3\.(\d+)/.exec(spec.version)?.[1] ?? 0) > 2)
    report.add('version_unknown', '', '/openapi', `${spec.format} is newer than this gateway; it is read as OpenAPI 3.2.`)
  const found = operationsOf(spec, report)
  if (found.operations.length === 0) throw noOperations(spec, found.total)
  return importFound(spec, found, report, options)
}

/** Operations of a document, and how many it has with those that can be none. */
export interface FoundOperations {
  readonly operations: readonly Operation[]
  readonly total: number
}

/** The same of operations that are found already, in whatever the document was made of. */
export function importFound(spec: Spec, found: FoundOperations, report: Reporter, options: ImportOptions): Imported {
  const servers = importServers(spec, options.serverUrl, report)
  const security = new Security(spec, report)
  const schemas = new SchemaLibrary(spec, report)
  const actions: Record<string, HttpActionDocument> = {}
  const accepted = new Map<HttpActionDocument, string[]>()
  const contentTypes = new Map<string, readonly string[]>()
  const shared = new Shared()
  const chosen = chosenOf(found.operations, options.choice, report)
  for (const [index, operation] of chosen.entries()) {
    if (index % progressStep === 0) options.onProgress?.(index, chosen.length)
    const name = actionName(operation, options.choice)
    const made = importOperation({
      spec,
      security,
      operation,
      inputs: new Inputs(),
      serverUrl: options.serverUrl,
      contentType: contentTypeFor(operation, options.choice),
      shared,
      offer: (types) => contentTypes.set(operation.name, types),
      convert: (schema, direction, at) => schemas.convert(schema, direction, at, name),
      note: (code, at, message) => report.add(code, name, at, message),
      noteOnce: (code, at, message) => report.addOnce(code, name, at, message),
    })
    if (made === null) continue
    actions[name] = made.action
    if (made.auth !== undefined) accepted.set(made.action, made.auth)
  }
  options.onProgress?.(chosen.length, chosen.length)
  const imported = Object.keys(actions).length
  if (imported === 0) {
    const reason = report.entries.find((entry) => entry.code === 'operation_not_imported')
    throw new SallyportError('INVALID_INPUT', {
      detail: `None of the ${found.total} operations of the document can be called. The first reason, at ${reason?.pointer ?? '/paths'}: ${reason?.message ?? 'none was selected.'}`,
    })
  }
  const info = isRecord(spec.root.info) ? spec.root.info : {}
  const title = textOf(info.title) ?? 'API'
  const description = textOf(info.description)
  const auth = security.schemes()
  sayWhereNeeded(accepted, auth)
  const reached = schemas.finish()
  reportUncallable(spec, found.operations, report)
  const document: HttpConnectorDocument = {
    connector: options.connector ?? proposeSlug(title),
    name: (options.name ?? title).slice(0, 200),
    ...(description === undefined ? {} : { description: bounded(description) }),
    servers,
    ...(auth === undefined ? {} : { auth }),
    actions,
    ...(reached === undefined ? {} : { schemas: reached }),
  }
  return {
    document,
    report: { format: spec.format, operations: found.total, imported, entries: report.entries },
    operations: found.operations,
    tags: tagsOf(spec),
    contentTypes,
  }
}

const methods = {
  get: 'GET',
  put: 'PUT',
  post: 'POST',
  delete: 'DELETE',
  options: 'OPTIONS',
  head: 'HEAD',
  patch: 'PATCH',
  query: 'QUERY',
} as const satisfies Readonly<Record<string, HttpActionDocument['method']>>

const isMethod = (method: string): method is HttpActionDocument['method'] => allMethods.some((one) => one === method)

/** Every operation with the name of its action, given before any is chosen so that choosing changes no name. */
function operationsOf(spec: Spec, report: Reporter): FoundOperations {
  const names = new UniqueNames()
  const operations: Operation[] = []
  let total = 0
  for (const [path, written] of entriesOf(spec.root.paths)) {
    const target = spec.follow(written, pointer('/paths', path))
    if (target.lost !== undefined || !isRecord(target.value)) {
      report.add(
        'path_not_imported',
        '',
        pointer('/paths', path),
        `The path "${path}" is not imported: ${target.lost === undefined ? 'it is no object' : `the reference ${target.lost}`}.`,
      )
      continue
    }
    const item = target.value
    for (const [key, value] of entriesOf(item)) {
      const at = pointer(target.at, key)
      if (key === 'additionalOperations') {
        for (const [method, operation] of entriesOf(value)) {
          total += 1
          const place = pointer(at, method)
          if (isMethod(method)) add(method, path, operation, place, item, target.at)
          else
            report.add(
              'operation_not_imported',
              '',
              place,
              `${method} ${path} is not imported: this gateway does not send ${method} requests.`,
            )
        }
        continue
      }
      if (key === 'trace') {
        total += 1
        report.add('operation_not_imported', '', at, `TRACE ${path} is not imported: a gateway must not send TRACE.`)
      }
      const method = own(methods, key)
      if (typeof method !== 'string' || !isMethod(method)) continue
      total += 1
      add(method, path, value, at, item, target.at)
    }
  }
  return { operations, total }

  function add(method: HttpActionDocument['method'], path: string, value: Json, at: string, item: Json, itemAt: string): void {
    const wanted =
      (textOf(value.operationId) === undefined ? '' : snakeCase(String(value.operationId))) ||
      snakeCase(`${method.toLowerCase()} ${path}`)
    const name = names.take(wanted in Object.prototype ? `${wanted}_action` : wanted)
    if (name !== wanted)
      report.add('renamed', name, at, `The name "${wanted}" is taken by another operation; this one is "${name}".`)
    operations.push({ name, method, path, value, at, item, itemAt })
  }
}

/** An action that accepts every scheme leaves the choice to the connection, and needs no list. */
function sayWhereNeeded(accepted: ReadonlyMap<HttpActionDocument, string[]>, auth: ReturnType<Security['schemes']>): void {
  const all = Object.keys(auth ?? {}).length
  if (all === 0) return
  for (const [action, schemes] of accepted) if (schemes.length !== all) action.auth = schemes
}

/** What a document describes besides operations: what the API calls itself, each with its place, and links. */
function reportUncallable(spec: Spec, operations: readonly Operation[], report: Reporter): void {
  for (const [name] of entriesOf(spec.root.webhooks))
    report.add('not_callable', '', pointer('/webhooks', name), `The webhook "${name}" is no action: the API calls it.`)
  for (const { name: operation, value, at } of operations) {
    if (value.callbacks === undefined && value.responses === undefined) continue
    for (const [name] of entriesOf(value.callbacks))
      report.add(
        'not_callable',
        operation,
        pointer(at, 'callbacks', name),
        `The callback "${name}" is no action: the API calls it.`,
      )
    if (!isRecord(value.responses)) continue
    for (const status in value.responses) {
      const response = value.responses[status]
      if (!isRecord(response) || response.links === undefined || status.startsWith('x-')) continue
      const links = [...entriesOf(response.links)].map(([name]) => `"${name}"`)
      if (links.length > 0)
        report.add(
          'not_callable',
          operation,
          pointer(at, 'responses', status, 'links'),
          `Links to other operations are not followed: ${links.slice(0, 5).join(', ')}${links.length > 5 ? ` and ${links.length - 5} more` : ''}.`,
        )
    }
  }
}

export interface Tag {
  readonly name: string
  readonly description?: string
  /** The tag above it (OpenAPI 3.2). */
  readonly parent?: string
}

function tagsOf(spec: Spec): readonly Tag[] {
  const listed = Array.isArray(spec.root.tags) ? spec.root.tags.filter(isRecord) : []
  return listed.flatMap((tag) => {
    const name = textOf(tag.name)
    const description = textOf(tag.description) ?? textOf(tag.summary)
    const parent = textOf(tag.parent)
    if (name === undefined) return []
    return [
      {
        name,
        ...(description === undefined ? {} : { description: bounded(description, 300) }),
        ...(parent === undefined ? {} : { parent }),
      },
    ]
  })
}

function noOperations(spec: Spec, total: number): SallyportError {
  const webhooks = isRecord(spec.root.webhooks) ? Object.keys(spec.root.webhooks as Json).length : 0
  const found =
    total > 0
      ? 'only operations that cannot be called'
      : webhooks > 0
        ? 'only webhooks, which the API calls itself'
        : 'no paths with operations'
  return new SallyportError('INVALID_INPUT', {
    detail: `This is ${spec.format}, but at /paths it has ${found}. Pass the document that describes the API's operations.`,
  })
}
