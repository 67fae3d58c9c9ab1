import { readCustomApi } from '../definition/import/custom-api.ts'
import { isObject } from '../definition/json-schema/keywords.ts'
import { schemaCompiler, type Validate } from '../definition/json-schema/validator.ts'
import { nearest } from '../definition/nearest.ts'
import { parseConnector } from '../definition/parse.ts'
import { SallyportError } from '../errors.ts'
import { kindOf, marks, schemas } from './documents.ts'
import type { ConfigurationDocument, Desired, Problem, ResourceType, SecretReference, Value } from './types.ts'

export interface ReadDocuments {
  readonly desired: readonly Desired[]
  readonly problems: readonly Problem[]
}

/** A connector document in full, where parts of it come from elsewhere: of a built-in type. Null when that cannot be told. */
export type Complete = (document: Value) => Value | null

const validators = new Map<keyof typeof schemas, Validate>()

function validatorOf(kind: keyof typeof schemas): Validate {
  const known = validators.get(kind)
  if (known !== undefined) return known
  const made = schemaCompiler({}, { formats: false }).compile(JSON.parse(JSON.stringify(schemas[kind])))
  validators.set(kind, made)
  return made
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : '')

export const connectionKey = ({ connector, name, team }: { connector: string; name: string; team: string | undefined }) =>
  team === undefined ? `${connector}/${name}` : `${connector}/${team}/${name}`

/** How secrets are named in plans, and how their values are handed over. */
export function secretName({ env, file, vault, prompt }: SecretReference): string {
  if (env !== undefined) return `env:${env}`
  if (file !== undefined) return `file:${file}`
  if (vault !== undefined) return `vault:${vault}`
  return `prompt:${prompt ?? ''}`
}

interface Place {
  readonly type: ResourceType
  readonly key: string
  readonly value: Value
  readonly path?: string
}

const wrongPlaces: Readonly<Record<string, string>> = {
  secrets:
    'A secret has no place in a file. Write where it is: {env: NAME}, {file: path}, {vault: path#field} or {prompt: question}',
}

/** What documents ask for, and everything that can be seen to be wrong with them without a workspace. */
export function readDocuments(documents: readonly ConfigurationDocument[], complete: Complete): ReadDocuments {
  const desired: Desired[] = []
  const problems: Problem[] = []
  const seen = new Map<string, number>()
  documents.forEach(({ document }, at) => {
    const add = (path: string, message: string) => void problems.push({ document: at, path, message })
    for (const { path = '', ...resource } of resourcesOf(document, add, complete)) {
      const id = `${resource.type} ${resource.key}`
      const other = seen.get(id)
      if (other !== undefined)
        add(path, `The ${id} is in ${documents[other]?.file ?? 'another document'} already. Keep one of them.`)
      seen.set(id, at)
      desired.push({ ...resource, document: at, path })
    }
  })
  return { desired, problems }
}

type Add = (path: string, message: string) => void

function resourcesOf(document: Value, add: Add, complete: Complete): readonly Place[] {
  const kind = kindOf(document)
  if (kind === undefined) {
    const [first = ''] = Object.keys(document)
    const meant = nearest(first, marks)
    const hint = meant === undefined ? '' : ` Did you mean ${meant}?`
    add('', `This is no resource: it has none of the keys ${marks.join(', ')}.${hint}`)
    return []
  }
  if (kind === 'connector') return connectorOf(document, add, complete)
  if (kind === 'custom_api') {
    const read = readCustomApi(document)
    if (!read.ok) {
      for (const { path, message } of read.problems) add(path, message)
      return []
    }
    // Words about what was made of it: the document itself has other places.
    const addInside: Add = (path, message) => add('/custom_api', `${message} (at ${path || '/'} of the connector it becomes)`)
    return [...connectorOf(read.made.connector, addInside, complete), ...resourcesOf(read.made.connection, addInside, complete)]
  }
  const found = validatorOf(kind)(document)
  for (const { path, message } of found) {
    const secret = /^\/(secrets\/[^/]+|client_secret|url|key|signing_secret)$/.test(path)
    add(path, secret ? (wrongPlaces.secrets ?? message) : message)
  }
  if (found.length > 0) return []
  switch (kind) {
    case 'team':
      return [{ type: 'team', key: asText(document.team), value: document }]
    case 'members':
      return Object.entries(isObject(document.members) ? document.members : {}).map(([email, role]) => ({
        ...{ type: 'member', key: email.toLowerCase(), value: { role }, path: `/members/${email.replaceAll('/', '~1')}` },
      }))
    case 'oauth_app': {
      const { connector, family } = document
      if ((connector === undefined) === (family === undefined)) {
        add('', 'An OAuth app serves one connector or one family: name one of them.')
        return []
      }
      return [{ type: 'oauth_app', key: oauthAppKey(document), value: document }]
    }
    case 'connection': {
      const team = document.team === undefined ? undefined : asText(document.team)
      const key = connectionKey({ connector: asText(document.connector), name: asText(document.connection), team })
      return [{ type: 'connection', key, value: document }]
    }
    case 'toolset':
      return [{ type: 'toolset', key: asText(document.toolset), value: document }]
    case 'notification': {
      const mail = document.kind === 'email'
      if (mail !== (document.email !== undefined)) add('', mail ? 'Give the email to write to.' : 'email is for kind email only.')
      const page = document.kind === 'pagerduty'
      if (page !== (document.key !== undefined))
        add('', page ? 'Give the integration key as key, as a reference.' : 'key is for kind pagerduty only.')
      if (mail && document.url !== undefined) add('/url', 'url is not for kind email.')
      if (!mail && !page && document.url === undefined) add('', 'Give the url, as a reference.')
      if (document.signing_secret !== undefined && document.kind !== 'webhook')
        add('/signing_secret', 'Only what goes to a webhook is signed.')
      return [{ type: 'notification', key: asText(document.notification), value: document }]
    }
    default:
      return kind satisfies never
  }
}

export const oauthAppKey = ({ connector, family }: Value) =>
  connector === undefined ? `family/${asText(family)}` : `connector/${asText(connector)}`

function connectorOf(document: Value, add: Add, complete: Complete): readonly Place[] {
  try {
    const whole = complete(document)
    // Of a built-in type that nobody is there to complete: what the connector says itself is right in its place.
    const value: Value = whole === null ? document : parseConnector(whole)
    return [{ type: 'connector', key: asText(document.connector), value }]
  } catch (error) {
    if (!(error instanceof SallyportError)) throw error
    const { diagnostics } = error
    const errors = Array.isArray(diagnostics?.errors) ? diagnostics.errors.filter(isObject) : []
    if (errors.length === 0) add('', error.detail)
    for (const { path, message } of errors) add(asText(path), `${asText(message).replace(/\.$/, '')}.`)
    return []
  }
}
