import { oauthAppKey } from '../read.ts'
import { fileWord, present, type ResourceServices, type Resources, textOf, VariableNames } from '../resource.ts'
import type { SecretReference, Value } from '../types.ts'

const secretOf = ({ client_secret }: Value) => client_secret as SecretReference | undefined

export function oauthAppResources({ oauthApps }: ResourceServices): Resources {
  return {
    type: 'oauth_app',
    file: (value) => `oauth-apps/${fileWord(oauthAppKey(value))}.yaml`,
    settle: (value) => value,

    secrets(value): Readonly<Record<string, SecretReference>> {
      const client_secret = secretOf(value)
      return client_secret === undefined ? {} : { client_secret }
    },

    async current(caller) {
      const { items } = await oauthApps.list(caller)
      const references = await oauthApps.references(caller)
      const names = new VariableNames()
      // One that the gateway registered by itself is made anew by the next consent.
      const found = items
        .filter(({ registered }) => !registered)
        .map(({ id, name, connector, family, client_id, has_secret }) => {
          const value = present({
            oauth_app: name,
            connector: connector ?? undefined,
            family: family ?? undefined,
            client_id,
            client_secret: has_secret
              ? (references.get(id)?.client_secret ?? names.of('OAUTH', connector ?? family ?? '', 'CLIENT_SECRET'))
              : undefined,
          })
          return [oauthAppKey(value), { id, value }] as const
        })
      return new Map(found.toSorted(([a], [b]) => (a < b ? -1 : 1)))
    },

    problem: (value, current) =>
      current !== undefined && secretOf(current.value) !== undefined && secretOf(value) === undefined
        ? 'An OAuth app keeps its secret: say where it is as client_secret.'
        : null,

    async create(caller, value, work) {
      const client_secret = secretOf(value)
      await oauthApps.create(caller, {
        name: textOf(value.oauth_app),
        client_id: textOf(value.client_id),
        ...(value.connector !== undefined && { connector: textOf(value.connector) }),
        ...(value.family !== undefined && { family: textOf(value.family) }),
        ...(client_secret !== undefined && { client_secret: work.secret(client_secret), references: { client_secret } }),
      })
    },

    async change(caller, value, current, work, renewSecrets) {
      const client_secret = secretOf(value)
      const changed = renewSecrets || JSON.stringify(client_secret) !== JSON.stringify(secretOf(current.value))
      await oauthApps.update(caller, current.id, {
        name: textOf(value.oauth_app),
        client_id: textOf(value.client_id),
        ...(client_secret !== undefined &&
          changed && { client_secret: work.secret(client_secret), references: { client_secret } }),
      })
    },

    remove: (caller, { id }) => oauthApps.remove(caller, id),
  }
}
