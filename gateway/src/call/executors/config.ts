import type { CredentialFields } from '../../connections/schemes/types.ts'
import type { CommandRun } from './command-run.ts'

/** The settings of the connection and its base URL, as a connector's code finds them. */
export function settingsOf({ connection: { baseUrl, settings, connector } }: CommandRun): Readonly<Record<string, unknown>> {
  const defaults = Object.entries(connector.document.fields ?? {}).filter(([, field]) => field.default !== undefined)
  return {
    ...(baseUrl === null ? {} : { baseUrl }),
    ...Object.fromEntries(defaults.map(([name, field]) => [name, field.default])),
    ...settings,
  }
}

/** The secrets that the scheme leaves to the code, by the names of their fields. Those that the gateway injects stay out. */
export function ownSecrets({ connection, fields }: CommandRun): CredentialFields {
  const { scheme } = connection
  const parts = scheme.type === 'all' ? Object.entries(scheme.schemes) : [['', scheme] as const]
  return Object.fromEntries(
    parts.flatMap(([part, one]) =>
      one.type !== 'secrets'
        ? []
        : Object.keys(one.fields).flatMap((name) => {
            const secret = fields[part === '' ? name : `${part}.${name}`]
            return secret === undefined ? [] : [[name, secret] as const]
          }),
    ),
  )
}
