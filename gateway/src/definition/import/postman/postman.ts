import { SallyportError } from '../../../errors.ts'
import type { HttpConnectorDocument } from '../../document.ts'
import { type DraftOperation, importDraft, listOf, recordOf } from '../draft.ts'
import { identifier, UniqueNames } from '../names.ts'
import type { Imported, ImportOptions } from '../openapi.ts'
import { Reporter } from '../report.ts'
import { Credentials } from '../requests/credentials.ts'
import { operationOf } from '../requests/operations.ts'
import type { SeenRequest } from '../requests/request.ts'
import { mainServer, titleOf, withServer } from '../requests/servers.ts'
import { isRecord, type Json, pointer, textOf } from '../spec.ts'
import { schemesOf } from './auth.ts'
import { describedAs } from './body.ts'
import { requestOf } from './request-of.ts'
import { type Environment, environmentOf, resolved, variablesOf } from './variables.ts'

const MAX_REQUESTS = 20_000

/**
 * A connector out of a Postman collection of version 2.0 or 2.1, with the environments that are given along: each becomes an
 * environment of the connector. Scripts run nowhere and are reported. Throws INVALID_INPUT.
 */
export function importPostman(source: Json, options: ImportOptions = {}, environments: readonly unknown[] = []): Imported {
  const [base, root] = isRecord(source.collection) ? ['/collection', source.collection] : ['', source]
  const report = new Reporter()
  const walk = new Walk(
    root,
    environments.map(environmentOf).filter((environment) => environment !== undefined),
    report,
  )
  walk.folder(root, base, [], undefined)
  if (walk.requests.length === 0)
    throw new SallyportError('INVALID_INPUT', {
      detail: 'The Postman collection has no requests. Export one that has, as version 2.1.',
    })
  const main = mainServer(walk.requests)
  const operations = walk.requests.map((request): DraftOperation => {
    const operation = operationOf([request], report)
    const other = request.server === main || request.server === '' ? null : { ...request, server: walk.address(request.server) }
    return other === null
      ? operation
      : { ...operation, value: withServer(other, main === undefined ? '' : walk.address(main), operation.value) }
  })
  const info = recordOf(root.info)
  const title = textOf(info.name) ?? titleOf(main ?? '')
  report.add(
    'parameter_guessed',
    '',
    '',
    'Types are guessed from the values in the collection; what is not marked as required is optional.',
  )
  return importDraft(
    {
      format: `Postman collection ${/v2\.0/.test(String(info.schema)) ? '2.0' : '2.1'}`,
      title,
      description: describedAs(info.description).description,
      servers: main === undefined ? [] : walk.servers(main),
      auth: walk.credentials.schemes,
      fields: walk.fields(),
      tags: walk.tags,
      operations,
      others: 0,
      isGuessed: true,
    },
    report,
    options,
  )
}

class Walk {
  readonly requests: SeenRequest[] = []
  readonly tags: Json[] = []
  readonly credentials = new Credentials()
  readonly #environments: readonly Environment[]
  readonly #collection: ReadonlyMap<string, string>
  readonly #variables: ReadonlyMap<string, string>
  readonly #settings = new Map<string, string>()
  readonly #names = new UniqueNames(60)
  readonly #report: Reporter

  constructor(root: Json, environments: readonly Environment[], report: Reporter) {
    this.#report = report
    this.#environments = environments
    this.#collection = variablesOf(root.variable)
    this.#variables = new Map([...this.#collection, ...(environments[0]?.variables ?? [])])
  }

  /** All requests below a folder; what the folder says holds for them unless they say otherwise. */
  folder(folder: Json, at: string, path: readonly string[], inherited: readonly string[] | undefined): void {
    const schemes = schemesOf(folder.auth, at, this.credentials, this.#report) ?? inherited
    this.#reportScripts(folder, at, path.length === 0 ? 'the collection' : `the folder "${path.join(' / ')}"`)
    for (const [index, written] of listOf(folder.item).entries()) {
      const place = pointer(at, 'item', index)
      const item = recordOf(written)
      if (Array.isArray(item.item)) {
        const inner = [...path, (textOf(item.name) ?? 'folder').slice(0, 100)]
        const { description } = describedAs(item.description)
        this.tags.push({ name: inner.join(' / '), ...(description === undefined ? {} : { description }) })
        this.folder(item, place, inner, schemes)
      } else if (item.request === undefined)
        this.#report.add('part_left_out', '', place, 'The entry has no request and is left out.')
      else {
        if (this.requests.length >= MAX_REQUESTS)
          throw new SallyportError('INVALID_INPUT', {
            detail: `The collection has more than ${MAX_REQUESTS} requests. Split it and import the parts.`,
          })
        this.#request(item, place, path, schemes)
      }
    }
  }

  #request(item: Json, at: string, path: readonly string[], inherited: readonly string[] | undefined): void {
    this.#reportScripts(item, at, `"${textOf(item.name) ?? 'a request'}"`)
    const own = schemesOf(recordOf(item.request).auth, at, this.credentials, this.#report)
    const request = requestOf(item, own, {
      at,
      tags: path.length === 0 ? [] : [path.join(' / ')],
      inherited,
      variables: this.#variables,
      credentials: this.credentials,
      report: this.#report,
      setting: (variable) => this.#setting(variable, at),
    })
    this.requests.push(request)
  }

  #reportScripts(item: Json, at: string, of: string): void {
    for (const [index, written] of listOf(item.event).entries()) {
      const { listen, script } = recordOf(written)
      const { exec } = recordOf(script)
      const text = Array.isArray(exec) ? exec.join('\n') : typeof exec === 'string' ? exec : ''
      if (text.trim() === '') continue
      const kind = listen === 'prerequest' ? 'script before requests' : 'test script'
      this.#report.add(
        'part_left_out',
        '',
        pointer(at, 'event', index),
        `The ${kind} of ${of} is not taken: nothing of a collection is run.`,
      )
    }
  }

  #setting(variable: string, at: string): string {
    const known = this.#settings.get(variable)
    if (known !== undefined) return known
    const plain = identifier(variable).replace(/^[^a-zA-Z]+/, '')
    const name = this.#names.take(plain === '' ? 'setting' : plain)
    this.#settings.set(variable, name)
    this.#report.add('setting_made', '', at, `The variable "${variable}" is the setting "${name}" of a connection.`)
    return name
  }

  fields(): HttpConnectorDocument['fields'] {
    return Object.fromEntries(
      [...this.#settings].map(([variable, name]) => {
        const value = this.#variables.get(variable) ?? ''
        return [name, { type: 'string' as const, title: variable.slice(0, 200), ...(value === '' ? {} : { default: value }) }]
      }),
    )
  }

  /** A server as OpenAPI writes it: variables without a value stay, in single braces. */
  address(server: string, variables = this.#variables): string {
    const text = resolved(server, variables, (name) => `{${identifier(name)}}`).replace(/\/+$/, '')
    return /^(https?:\/\/|\{)/i.test(text) || text === '' ? text : `https://${text}`
  }

  servers(main: string): readonly Json[] {
    const sets = this.#environments.length === 0 ? [{ name: '', variables: this.#collection }] : this.#environments
    return sets.map(({ name, variables }) => ({
      url: this.address(main, new Map([...this.#collection, ...variables])),
      ...(name === '' ? {} : { name }),
    }))
  }
}
