import type { CredentialField, NewConnection, SettingValue } from '../../api/types.ts'
import {
  type AuthScheme,
  type ConnectorDocument,
  environmentsOf,
  isSlug,
  secretFieldsOf,
  serverUrlOf,
  settingFieldsOf,
  slugOf,
  withActions,
} from '../../lib/connector-document.ts'

/**
 * What the four steps build: a connector document and one connection. The document is the only truth; every step edits it,
 * whether it was typed by hand, came from an import to be adjusted, or exists already.
 */

export type Start = 'hand' | 'existing'
export type Step = 'basics' | 'auth' | 'actions' | 'test'

export interface Draft {
  readonly start: Start
  readonly document: ConnectorDocument
  readonly selected: ReadonlySet<string>
  /** Names of the auth schemes that the document came with. */
  readonly declared: readonly string[]
  /** Whether the slug was typed, so that it no longer follows the name. */
  readonly slugTyped: boolean
  readonly environment: string
  /** Name of the auth scheme in the document; empty for none. */
  readonly scheme: string
  readonly settings: Readonly<Record<string, SettingValue>>
  readonly connectionName: string
  /** Empty for the workspace, `me`, or the id of a team. */
  readonly owner: string
}

const blank: ConnectorDocument = { connector: '', name: '', servers: { production: { url: '' } }, actions: {} }

export const emptyDraft: Draft = {
  start: 'hand',
  document: blank,
  selected: new Set(),
  declared: [],
  slugTyped: false,
  environment: 'production',
  scheme: '',
  settings: {},
  connectionName: '',
  owner: '',
}

/** A draft around a document: everything selected, its first server and first scheme chosen. */
export function draftOf(start: Start, document: ConnectorDocument): Draft {
  return {
    ...emptyDraft,
    start,
    document,
    slugTyped: true,
    selected: new Set(Object.keys(document.actions)),
    environment: environmentsOf(document)[0] ?? '',
    declared: Object.keys(document.auth ?? {}),
    scheme: Object.keys(document.auth ?? {})[0] ?? '',
  }
}

export type Change =
  | { readonly kind: 'restart' }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'slug'; readonly slug: string }
  | { readonly kind: 'document'; readonly document: ConnectorDocument }
  | { readonly kind: 'server'; readonly url: string }
  | { readonly kind: 'scheme'; readonly name: string; readonly scheme?: AuthScheme }
  | { readonly kind: 'select'; readonly actions: readonly string[]; readonly on: boolean }
  | {
      readonly kind: 'connection'
      readonly change: Partial<Pick<Draft, 'environment' | 'settings' | 'connectionName' | 'owner'>>
    }

/** The draft after a change. */
export function changed(draft: Draft, change: Change): Draft {
  switch (change.kind) {
    case 'restart':
      return emptyDraft
    case 'name': {
      const slug = draft.slugTyped ? draft.document.connector : slugOf(change.name)
      return { ...draft, document: { ...draft.document, name: change.name, connector: slug } }
    }
    case 'slug':
      return { ...draft, slugTyped: true, document: { ...draft.document, connector: change.slug } }
    case 'document':
      return withDocument(draft, change.document)
    case 'server': {
      const { servers } = draft.document
      const server = { ...servers[draft.environment], url: change.url.trim() }
      return withDocument(draft, { ...draft.document, servers: { ...servers, [draft.environment]: server } })
    }
    case 'scheme':
      return change.scheme
        ? { ...withDocument(draft, withScheme(draft.document, change.name, change.scheme)), scheme: change.name }
        : { ...draft, scheme: change.name }
    case 'select': {
      const selected = new Set(draft.selected)
      for (const action of change.actions) change.on ? selected.add(action) : selected.delete(action)
      return { ...draft, selected }
    }
    case 'connection':
      return { ...draft, ...change.change }
  }
}

/** Keeps the selection: actions that are new are chosen, those that are gone are not. */
function withDocument(draft: Draft, document: ConnectorDocument): Draft {
  const names = Object.keys(document.actions)
  const selected = new Set(names.filter((name) => draft.selected.has(name) || !(name in draft.document.actions)))
  const environments = environmentsOf(document)
  const schemes = Object.keys(document.auth ?? {})
  return {
    ...draft,
    document,
    selected,
    environment: environments.includes(draft.environment) ? draft.environment : (environments[0] ?? ''),
    scheme: schemes.includes(draft.scheme) || draft.scheme === '' ? draft.scheme : (schemes[0] ?? ''),
  }
}

/** The name under which a scheme described in the steps stands in the document. */
export const ownSchemeOf = ({ declared }: Draft): string => (declared.includes('main') ? 'custom' : 'main')

/** Puts a scheme into the document. Actions that named the schemes they accept take the connection's from now on. */
function withScheme(document: ConnectorDocument, name: string, scheme: AuthScheme): ConnectorDocument {
  const open = Object.entries(document.actions).map(([action, contract]) => {
    const { auth, ...rest } = contract as typeof contract & { readonly auth?: readonly string[] }
    return [action, auth === undefined || auth.length === 0 || auth.includes(name) ? contract : rest] as const
  })
  return { ...document, auth: { ...document.auth, [name]: scheme }, actions: Object.fromEntries(open) }
}

export const schemeOf = (draft: Draft): AuthScheme | null => draft.document.auth?.[draft.scheme] ?? null
export const secretsOf = (draft: Draft): readonly CredentialField[] => {
  const scheme = schemeOf(draft)
  return scheme ? secretFieldsOf(scheme) : []
}

const urlShape = /^https?:\/\/[^\s/]+/i

/** What keeps the reader from going on, in words; null when nothing does. */
export function missingIn(step: Step, draft: Draft, secrets: Readonly<Record<string, string>>): string | null {
  const { document } = draft
  switch (step) {
    case 'basics':
      if (!document.name.trim()) return 'The API needs a name.'
      if (!isSlug(document.connector))
        return 'The identifier has lower-case letters, digits, "_" and "-", and starts with a letter.'
      if (!urlShape.test(serverUrlOf(document, draft.environment))) return 'The base URL starts with https:// and a host.'
      return null
    case 'auth': {
      const scheme = schemeOf(draft)
      if (scheme?.type === 'api_key' && !scheme.name.trim()) return 'Name the header or parameter that carries the key.'
      if (scheme?.type === 'headers' && scheme.headers.some(({ name }) => !name.trim())) return 'Every header needs a name.'
      const empty = secretsOf(draft).find(({ name, required }) => required && !secrets[name])
      if (empty !== undefined) return 'Enter the credential.'
      const unset = settingFieldsOf(document, draft.environment).find(
        ({ name, required }) => required && draft.settings[name] === undefined,
      )
      return unset ? `${unset.label} is needed.` : null
    }
    case 'actions':
      return draft.selected.size === 0 ? 'Choose at least one action.' : null
    case 'test':
      return null
  }
}

/** The document as it is stored: with the chosen actions only, and without a scheme that was begun and not taken. */
export function documentOf(draft: Draft): ConnectorDocument {
  const own = ownSchemeOf(draft)
  const document = withActions(draft.document, draft.selected)
  if (draft.scheme === own || draft.declared.includes(own) || !document.auth?.[own]) return document
  const { [own]: _, ...auth } = document.auth
  return { ...document, auth }
}

export function connectionRequest(draft: Draft, connector: string, secrets: Readonly<Record<string, string>>): NewConnection {
  const fields = Object.fromEntries(secretsOf(draft).map(({ name }) => [name, secrets[name] ?? '']))
  const name = draft.connectionName.trim()
  return {
    connector,
    ...(draft.owner === 'me' ? { personal: true } : draft.owner ? { team: draft.owner } : {}),
    environment: draft.environment,
    ...(name ? { name } : {}),
    ...(draft.scheme ? { auth: { scheme: draft.scheme, fields } } : {}),
    ...(Object.keys(draft.settings).length > 0 ? { settings: { ...draft.settings } } : {}),
  }
}
