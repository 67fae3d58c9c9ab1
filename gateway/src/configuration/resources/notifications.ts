import type { NewChannel } from '../../call/notices/types.ts'
import type { Caller } from '../../caller.ts'
import { fileWord, present, type ResourceServices, type Resources, textOf, VariableNames, type Work } from '../resource.ts'
import type { SecretReference, SecretReferences, Value } from '../types.ts'

const referencesIn = ({ url, key, signing_secret }: Value) => present({ url, key, signing_secret }) as SecretReferences

export function notificationResources({ channels }: ResourceServices): Resources {
  function requestOf(value: Value, work: Work): NewChannel {
    const { url, key, signing_secret } = referencesIn(value)
    return {
      kind: value.kind as NewChannel['kind'],
      name: textOf(value.notification),
      ...(value.email !== undefined && { email: textOf(value.email) }),
      ...(value.approvals === false && { approvals: false }),
      references: referencesIn(value),
      ...(url !== undefined && { url: work.secret(url) }),
      ...(key !== undefined && { key: work.secret(key) }),
      ...(signing_secret !== undefined && { secret: work.secret(signing_secret) }),
    }
  }

  async function make(caller: Caller, value: Value, work: Work, id?: string): Promise<void> {
    const { secret } = await channels.create(caller, { ...requestOf(value, work), ...(id !== undefined && { id }) })
    if (secret !== null && value.signing_secret === undefined) work.show(secret)
  }

  return {
    type: 'notification',
    file: ({ notification }) => `notifications/${fileWord(textOf(notification))}.yaml`,
    settle: ({ approvals, ...rest }) => (approvals === false ? { ...rest, approvals } : rest),
    secrets: referencesIn,
    create: (caller, value, work) => make(caller, value, work),

    async current(caller) {
      const references = await channels.references(caller)
      const names = new VariableNames()
      const sorted = (await channels.list(caller)).toSorted((a, b) => (a.name < b.name ? -1 : 1))
      return new Map(
        sorted.map(({ id, kind, name, target, approvals }) => {
          const stored = references.get(id)
          const known = (field: string, word: string): SecretReference => stored?.[field] ?? names.of('NOTIFICATION', name, word)
          const isSigned = kind === 'webhook' && (stored === undefined || stored.signing_secret !== undefined)
          const value = present({
            notification: name,
            kind,
            email: kind === 'email' ? target : undefined,
            url: kind === 'email' || (kind === 'pagerduty' && stored?.url === undefined) ? undefined : known('url', 'URL'),
            key: kind === 'pagerduty' ? known('key', 'KEY') : undefined,
            approvals: approvals || kind === 'pagerduty' ? undefined : false,
            signing_secret: isSigned ? known('signing_secret', 'SIGNING_SECRET') : undefined,
          })
          return [name, { id, value }]
        }),
      )
    },

    /** A channel is replaced, under the id by which alerts know it. */
    async change(caller, value, current, work) {
      await channels.remove(caller, current.id)
      await make(caller, value, work, current.id)
    },

    remove: (caller, { id }) => channels.remove(caller, id),
  }
}
