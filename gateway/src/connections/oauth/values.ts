import type { AuthScheme } from '../../definition/document.ts'
import type { OAuth2Scheme } from '../../definition/oauth2.ts'
import { compilePath } from '../../definition/response-map.ts'
import type { Settings } from '../../definition/types.ts'

/** The settings that a consent brings, so that nobody is asked for them. */
export function broughtSettings(scheme: OAuth2Scheme): readonly string[] {
  return [...Object.keys(scheme.callback_values ?? {}), ...Object.keys(scheme.response_values ?? {})]
}

/** What a callback and a token answer say of these settings; what they do not say is left out. */
export function valuesOf(scheme: OAuth2Scheme, body: unknown, callback: URLSearchParams): Settings {
  const fromCallback = Object.entries(scheme.callback_values ?? {}).map(([name, key]) => [name, callback.get(key)] as const)
  const fromAnswer = Object.entries(scheme.response_values ?? {}).map(([name, path]) => [name, compilePath(path)(body)] as const)
  return Object.fromEntries(
    [...fromCallback, ...fromAnswer].flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[name, value]] : [],
    ),
  )
}

/** Recognises an answer that says in its body that the token has expired. */
export function expirySignal(scheme: AuthScheme): (body: unknown) => boolean {
  const signal = scheme.type === 'oauth2' ? scheme.expired_when : undefined
  if (signal === undefined) return () => false
  const find = compilePath(signal.path)
  return (body) => {
    const found = find(body)
    return found !== undefined && found !== null && signal.values.includes(String(found))
  }
}
