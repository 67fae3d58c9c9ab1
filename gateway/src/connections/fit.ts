import type { AuthScheme } from '../definition/document.ts'
import type { CompiledConnector, Settings } from '../definition/types.ts'
import { SallyportError } from '../errors.ts'
import type { ConnectionRow } from '../store/schema.ts'
import { broughtSettings } from './oauth/values.ts'

/** How what a connection chose fits its connector. */

const none: AuthScheme = { type: 'none' }

/** The scheme a connection asks for, or the connector's first. */
export function chooseScheme(connector: CompiledConnector, wanted: string | undefined): { name: string; scheme: AuthScheme } {
  const names = Object.keys(connector.auth)
  const name = wanted ?? names[0] ?? 'none'
  const scheme = connector.auth[name]
  if (scheme !== undefined && Object.hasOwn(connector.auth, name)) return { name, scheme }
  if (name === 'none') return { name, scheme: none }
  throw new SallyportError('INVALID_INPUT', {
    detail: `"${connector.id}" has no auth scheme "${name}". It has: ${names.join(', ') || 'none'}.`,
  })
}

/** The settings that somebody's consent brings along, which nobody has entered yet. */
export function awaitedSettings(scheme: AuthScheme, settings: Settings): readonly string[] {
  return scheme.type === 'oauth2' ? broughtSettings(scheme).filter((name) => settings[name] === undefined) : []
}

/** A setting of a form, which has only texts. Throws INVALID_INPUT. */
export function typedSetting({ document }: CompiledConnector, name: string, text: string): Settings[string] {
  const { type = 'string' } = document.fields?.[name] ?? {}
  if (type === 'number' && text.trim() !== '' && !Number.isNaN(Number(text))) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  if (type === 'string') return text
  throw new SallyportError('INVALID_INPUT', { detail: `The field "${name}" must be a ${type}.` })
}

/**
 * Settings with declared defaults filled in; unknown or missing ones are refused by name, but for those of a consent. What the
 * credential itself says (`said`) wins.
 */
export function parseSettings(
  connector: CompiledConnector,
  environment: string,
  given: Settings,
  scheme: AuthScheme,
  said: Readonly<Record<string, string>> = {},
): Settings {
  const typed = Object.entries(said).map(([name, text]) => [name, typedSetting(connector, name, text)])
  const submitted: Settings = { ...given, ...Object.fromEntries(typed) }
  const awaited = awaitedSettings(scheme, submitted)
  const fields = connector.document.fields ?? {}
  const variables = connector.document.servers?.[environment]?.variables ?? {}
  const unknown = Object.keys(submitted).find((name) => !Object.hasOwn(fields, name) && !Object.hasOwn(variables, name))
  if (unknown !== undefined) {
    const known = [...Object.keys(variables), ...Object.keys(fields)]
    throw new SallyportError('INVALID_INPUT', {
      detail: `Unknown setting "${unknown}". "${connector.id}" takes: ${known.join(', ') || 'none'}.`,
    })
  }
  const settings: Record<string, string | number | boolean> = {}
  for (const [name, field] of Object.entries(fields)) {
    const value = submitted[name] ?? field.default
    if (value === undefined && field.required && !awaited.includes(name))
      throw new SallyportError('INVALID_INPUT', { detail: `The setting "${name}" is required.` })
    if (value !== undefined && typeof value !== (field.type ?? 'string')) {
      throw new SallyportError('INVALID_INPUT', { detail: `The setting "${name}" must be a ${field.type ?? 'string'}.` })
    }
    if (value !== undefined && field.enum !== undefined && !field.enum.includes(String(value))) {
      throw new SallyportError('INVALID_INPUT', { detail: `The setting "${name}" must be one of ${field.enum.join(', ')}.` })
    }
    if (value !== undefined) settings[name] = value
  }
  for (const name of Object.keys(variables)) {
    const value = submitted[name]
    if (value !== undefined) settings[name] = value
  }
  return settings
}

export function chooseEnvironment(connector: CompiledConnector, wanted: string | undefined): string {
  const environment = wanted ?? connector.environments[0] ?? ''
  if (connector.environments.includes(environment)) return environment
  throw new SallyportError('INVALID_INPUT', {
    detail: `"${connector.id}" has no environment "${environment}". It has: ${connector.environments.join(', ')}.`,
  })
}

/** A new version of a connector may lack what a connection was made for; that is one connection's trouble, not the list's. */
export function fitTo(
  connector: CompiledConnector,
  row: ConnectionRow,
): { readonly url: string; readonly scheme: AuthScheme; readonly problem: string | null } {
  try {
    const { scheme } = chooseScheme(connector, row.scheme)
    const awaits = awaitedSettings(scheme, row.settings).length > 0
    return { url: awaits ? '' : (connector.baseUrl(row.environment, row.settings) ?? ''), scheme, problem: null }
  } catch (error) {
    if (error instanceof SallyportError) return { url: '', scheme: none, problem: error.detail }
    throw error
  }
}
