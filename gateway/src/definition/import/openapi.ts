import { SallyportError } from '../../errors.ts'
import type { ActionDocument, ConnectorDocument } from '../document.ts'
import type { Operation } from './context.ts'
import { Inputs } from './inputs.ts'
import { proposeSlug, snakeCase, UniqueNames } from './names.ts'
import { importOperation } from './operation.ts'
import { readSpec } from './read-spec.ts'
import { type ImportReport, Reporter } from './report.ts'
import { SchemaLibrary } from './schemas.ts'
import { Security } from './security.ts'
import { importServers } from './servers.ts'
import { entriesOf, isRecord, type Json, own, pointer, type Spec, textOf } from './spec.ts'
import { bounded } from './text.ts'

export interface ImportOptions {
  /** Slug of the connector; made from the title when absent. */
  readonly connector?: string
  readonly name?: string
  /** Base of a relative server URL, or of a document without servers. */
  readonly serverUrl?: string
  /** Actions to keep, by name or operationId; all when absent. */
  readonly select?: readonly string[]
}

export interface Imported {
  readonly document: ConnectorDocument
  readonly report: ImportReport
}

/**
 * A connector out of an OpenAPI 3.0 or 3.1 document: an object, or its JSON or YAML text. Pure: follows references inside the
 * document only. The result shares what it can with an object that is passed in, so neither may be changed afterwards.
 * Throws INVALID_INPUT when it is no such document, has no operation, or no absolute server address.
 */
export function importOpenApi(source: unknown, options: ImportOptions = {}): Imported {
  const spec = readSpec(source)
  const report = new Reporter()
  const found = operationsOf(spec, report)
  if (found.operations.length === 0) throw noOperations(spec, found.total)
  const servers = importServers(spec, options.serverUrl, report)
  const security = new Security(spec, report)
  const schemas = new SchemaLibrary(spec, report)
  const actions: Record<string, ActionDocument> = {}
  for (const operation of selected(found.operations, options.select, report)) {
    const action = importOperation({
      spec,
      security,
      operation,
      inputs: new Inputs(),
      convert: (schema, direction, at) => schemas.convert(schema, direction, at, operation.name),
      note: (level, at, message) => report.add(level, operation.name, at, message),
      noteOnce: (level, at, message) => report.addOnce(level, operation.name, at, message),
    })
    if (action !== null) actions[operation.name] = action
  }
  const imported = Object.keys(actions).length
  if (imported === 0) {
    throw new SallyportError('INVALID_INPUT', {
      detail: `None of the ${found.total} operations of the document can be called. The first reason: ${report.entries.find((entry) => entry.level === 'skipped')?.message ?? 'none was selected.'}`,
    })
  }
  const info = isRecord(spec.root.info) ? spec.root.info : {}
  const title = textOf(info.title) ?? 'API'
  const description = textOf(info.description)
  const auth = leaveOutNeedless(actions, security)
  const reached = schemas.finish()
  reportUncallable(spec, report)
  const document: ConnectorDocument = {
    connector: options.connector ?? proposeSlug(title),
    name: (options.name ?? title).slice(0, 200),
    ...(description === undefined ? {} : { description: bounded(description) }),
    servers,
    ...(auth === undefined ? {} : { auth }),
    actions,
    ...(reached === undefined ? {} : { schemas: reached }),
  }
  return { document, report: { format: `OpenAPI ${spec.version}`, operations: found.total, imported, entries: report.entries } }
}

const methods = {
  get: 'GET',
  put: 'PUT',
  post: 'POST',
  delete: 'DELETE',
  options: 'OPTIONS',
  head: 'HEAD',
  patch: 'PATCH',
} as const

/** Every operation with the name of its action, given before any is chosen so that choosing changes no name. */
function operationsOf(spec: Spec, report: Reporter): { readonly operations: Operation[]; readonly total: number } {
  const names = new UniqueNames()
  const operations: Operation[] = []
  let total = 0
  for (const [path, written] of entriesOf(spec.root.paths)) {
    const target = spec.follow(written, pointer('/paths', path))
    if (target.lost !== undefined || !isRecord(target.value)) {
      report.add(
        'skipped',
        '',
        pointer('/paths', path),
        `The path "${path}" is not imported: ${target.lost === undefined ? 'it is no object' : `the reference ${target.lost}`}.`,
      )
      continue
    }
    const item = target.value
    for (const [key, value] of entriesOf(item)) {
      if (key === 'trace') {
        total += 1
        report.add('skipped', '', pointer(target.at, key), `TRACE ${path} is not imported: a gateway must not send TRACE.`)
      }
      const method = own(methods, key)
      if (typeof method !== 'string') continue
      total += 1
      const at = pointer(target.at, key)
      const wanted =
        (textOf(value.operationId) === undefined ? '' : snakeCase(String(value.operationId))) || snakeCase(`${key} ${path}`)
      const name = names.take(wanted in Object.prototype ? `${wanted}_action` : wanted)
      if (name !== wanted)
        report.add('adjusted', name, at, `The name "${wanted}" is taken by another operation; this one is "${name}".`)
      operations.push({ name, method: methods[key as keyof typeof methods], path, value, at, item, itemAt: target.at })
    }
  }
  return { operations, total }
}

function selected(
  operations: readonly Operation[],
  select: readonly string[] | undefined,
  report: Reporter,
): readonly Operation[] {
  if (select === undefined) return operations
  const wanted = new Set(select)
  const chosen = operations.filter(
    ({ name, value }) => wanted.has(name) || (typeof value.operationId === 'string' && wanted.has(value.operationId)),
  )
  if (chosen.length === 0) {
    const some = operations
      .slice(0, 5)
      .map((operation) => operation.name)
      .join(', ')
    throw new SallyportError('INVALID_INPUT', {
      detail: `None of the selected actions is in the document. It has ${operations.length}, such as ${some}.`,
    })
  }
  const known = new Set(chosen.flatMap(({ name, value }) => [name, value.operationId]))
  for (const name of wanted)
    if (!known.has(name)) report.add('warning', name, '/paths', `"${name}" was selected, but the document has no such operation.`)
  return chosen
}

/** An action that accepts every scheme leaves the choice to the connection, and needs no list. */
function leaveOutNeedless(actions: Record<string, ActionDocument>, security: Security): ReturnType<Security['schemes']> {
  const auth = security.schemes()
  const all = auth === undefined ? 0 : Object.keys(auth).length
  for (const action of Object.values(actions)) {
    if (action.auth !== undefined && (auth === undefined || (action.auth.length === all && all > 0))) delete action.auth
  }
  return auth
}

/** What a document may describe besides operations, one entry for each kind. */
function reportUncallable(spec: Spec, report: Reporter): void {
  const webhooks = [...entriesOf(spec.root.webhooks)].length
  if (webhooks > 0)
    report.add('skipped', '', '/webhooks', `${counted(webhooks, 'webhook')}: the API calls them, so they are no actions.`)
  let callbacks = 0
  let links = 0
  for (const [, item] of entriesOf(spec.root.paths)) {
    for (const [, operation] of entriesOf(item)) {
      callbacks += [...entriesOf(operation.callbacks)].length
      for (const [, response] of entriesOf(operation.responses)) links += [...entriesOf(response.links)].length
    }
  }
  if (callbacks > 0)
    report.add('skipped', '', '/paths', `${counted(callbacks, 'callback')}: the API calls them, so they are no actions.`)
  if (links > 0) report.add('skipped', '', '/paths', `${counted(links, 'link')} between operations: they are not followed.`)
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
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
    detail: `This is an OpenAPI document, but it has ${found}. Pass the document that describes the API's operations.`,
  })
}

export { proposeSlug }
