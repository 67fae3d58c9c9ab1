import { ConnectorDocument } from '../../definition/document.ts'
import { parseConnector } from '../../definition/parse.ts'
import { isNewer, nextVersion } from '../../definition/version.ts'
import { allPages, fileWord, present, type ResourceServices, type Resources, textOf } from '../resource.ts'
import type { Value } from '../types.ts'

const versionOf = ({ version }: Value): string | undefined => (typeof version === 'string' ? version : undefined)
/** The keys at the top stand in one order, which means nothing. */
function ordered(document: Value): Value {
  const known = Object.keys(ConnectorDocument.properties)
  return Object.fromEntries(Object.entries(document).toSorted(([a], [b]) => known.indexOf(a) - known.indexOf(b)))
}
/** The order below counts: the first server and the first auth scheme are what is taken by default. */
const textWithoutVersion = ({ version: _, ...rest }: Value): string => JSON.stringify(rest)

export function connectorResources({ connectors }: ResourceServices): Resources {
  return {
    type: 'connector',
    file: ({ connector }) => `connectors/${fileWord(textOf(connector))}.yaml`,
    text: JSON.stringify,

    async current(caller) {
      const found = await allPages((cursor) =>
        connectors.list(caller, { source: 'own', limit: 200, ...(cursor !== undefined && { cursor }) }),
      )
      const installed = await allPages((cursor) =>
        connectors.list(caller, { source: 'catalog', limit: 200, ...(cursor !== undefined && { cursor }) }),
      )
      const ids = new Set([...found, ...installed.filter((one) => one.installed)].map(({ id }) => id))
      const current = new Map<string, { id: string; value: Value }>()
      for (const id of [...ids].sort()) current.set(id, { id, value: ordered(await connectors.get(caller, id)) })
      return current
    },

    /** A file whose version lags behind says nothing of it: the gateway counts on with each change. */
    settle(asked, current) {
      const value = ordered(asked)
      if (current === undefined) return value
      const [wanted, stored] = [versionOf(value), versionOf(current.value)]
      const lags = wanted === undefined || stored === undefined || !isNewer(wanted, stored)
      if (!lags) return value
      return textWithoutVersion(value) === textWithoutVersion(current.value)
        ? current.value
        : present({ ...value, version: undefined })
    },

    problem(value, current) {
      const version = versionOf(value)
      const stored = current === undefined ? undefined : versionOf(current.value)
      if (current === undefined || version === undefined || stored === undefined || value === current.value) return null
      const next = nextVersion(parseConnector(current.value), parseConnector(value), stored)
      if (!isNewer(next.version, version)) return null
      return `The stored version is ${stored} and this change is ${next.floor}: set version to ${next.version}, or leave it at ${stored} for the gateway to count on.`
    },

    async create(caller, value) {
      await connectors.create(caller, value)
    },

    async change(caller, value, { id }) {
      const { version, ...rest } = value
      const document = version === undefined ? rest : value
      await connectors.update(caller, id, { document, autoBump: version === undefined })
    },

    remove: (caller, { id }) => connectors.remove(caller, id),
  }
}
