import type { ApprovalPolicy } from '../../approval-policy.ts'
import type { Caller } from '../../caller.ts'
import type { NewConnection } from '../../connections/types.ts'
import { isObject } from '../../definition/json-schema/keywords.ts'
import { canonicalJson } from '../../vault/digest.ts'
import { connectionKey } from '../read.ts'
import {
  allPages,
  fileWord,
  type Known,
  present,
  type ResourceServices,
  type Resources,
  textOf,
  VariableNames,
  type Work,
} from '../resource.ts'
import type { SecretReference, SecretReferences, Value } from '../types.ts'

/** Documents were checked against their schema when they were read. */
const secretsIn = ({ secrets }: Value) => (isObject(secrets) ? secrets : {}) as SecretReferences
const settingsIn = ({ settings }: Value) => (isObject(settings) ? settings : {}) as NonNullable<NewConnection['settings']>
const scopesIn = ({ scopes }: Value) => scopes as readonly string[] | undefined
const optionalText = (value: unknown) => (typeof value === 'string' ? value : undefined)

const inOrder = (approval: ApprovalPolicy | null): Value | undefined => {
  if (approval === null) return undefined
  const { rule, over_items, over_bytes, targets, confirm_in_client } = approval
  return present({ rule, over_items, over_bytes, targets, confirm_in_client })
}

const several = <T>(all: readonly T[] = [], one: T) => (all.length > 1 ? all.indexOf(one) + 1 : undefined)

/** What a connection has that its document leaves out. */
function defaultsOf(value: Value, current: Value | undefined, known: Known) {
  const connector = known.get('connector', textOf(value.connector))
  const first = (key: 'servers' | 'auth') => Object.keys(isObject(connector?.[key]) ? connector[key] : {})[0]
  const fields = isObject(connector?.fields) ? connector.fields : {}
  const settings = Object.entries(fields).flatMap(([name, field]) =>
    isObject(field) && field.default !== undefined ? [[name, field.default] as const] : [],
  )
  return {
    environment: value.environment ?? current?.environment ?? first('servers'),
    scheme: value.scheme ?? current?.scheme ?? first('auth') ?? 'none',
    settings: { ...Object.fromEntries(settings), ...settingsIn(value) },
  }
}

export function connectionResources({ connections, teams }: ResourceServices): Resources {
  const teamNames = async (caller: Caller) => {
    const found = await allPages((cursor) => teams.list(caller, { limit: 200, ...(cursor !== undefined && { cursor }) }))
    return new Map(found.map(({ id, name }) => [id, name]))
  }

  async function teamId(caller: Caller, name: string): Promise<string> {
    for (const [id, other] of await teamNames(caller)) if (other === name) return id
    return name
  }

  const resolved = (references: SecretReferences, work: Work) =>
    Object.fromEntries(Object.entries(references).map(([name, reference]) => [name, work.secret(reference)]))

  return {
    type: 'connection',
    file: ({ connector, team, connection }) =>
      `connections/${fileWord(textOf(connector))}.${team === undefined ? '' : `${fileWord(textOf(team))}.`}${fileWord(textOf(connection))}.yaml`,
    secrets: secretsIn,

    async current(caller) {
      const names = await teamNames(caller)
      const variables = new VariableNames()
      const rows = await connections.configured(caller)
      const siblings = Map.groupBy(rows, ({ connector }) => connector)
      return new Map(
        rows.map((row) => {
          const team = row.team_id === null ? undefined : (names.get(row.team_id) ?? row.team_id)
          const fields = [...new Set([...row.entered, ...Object.keys(row.references ?? {})])].sort()
          const secrets = fields.map((field): [string, SecretReference] => [
            field,
            row.references?.[field] ?? variables.of(row.connector, row.name, field),
          ])
          const value = present({
            connection: row.name,
            connector: row.connector,
            team,
            environment: row.environment === '' ? undefined : row.environment,
            scheme: row.scheme === 'none' ? undefined : row.scheme,
            secrets: secrets.length === 0 ? undefined : Object.fromEntries(secrets),
            scopes: row.scopes ?? undefined,
            settings: Object.keys(row.settings).length === 0 ? undefined : row.settings,
            default: row.is_default ? true : undefined,
            order: several(siblings.get(row.connector), row),
            approval: inOrder(row.approval),
            mock: row.mock ?? undefined,
            record: row.record ?? undefined,
          })
          return [connectionKey({ connector: row.connector, name: row.name, team }), { id: row.id, value }]
        }),
      )
    },

    settle(value, current, known) {
      // Which came first is history once they are there.
      const { default: isDefault, order: _, ...rest } = value
      const settled = { ...rest, ...defaultsOf(value, current?.value, known), secrets: secretsIn(value) }
      return present({ ...settled, ...(isDefault === true && { default: true }) })
    },

    problem(value, current, known, caller) {
      const connector = textOf(value.connector)
      if (known.get('connector', connector) === undefined)
        return `There is no connector "${connector}", neither here nor in the workspace. Add its file, or install it first.`
      const team = optionalText(value.team)
      if (team !== undefined && known.get('team', team) === undefined) return `There is no team "${team}". Add its file.`
      if (current === undefined && team !== undefined && caller.teams.length === 0)
        return `Only who is in the team "${team}" makes connections for it: apply with a token of somebody who is.`
      for (const key of ['scheme', 'scopes']) {
        const [before, after] = [current?.value[key], value[key]]
        if (current !== undefined && canonicalJson(before ?? null) !== canonicalJson(after ?? null) && before !== undefined)
          return `A connection keeps its ${key}. Give this one another name, and apply with --prune to delete the old one.`
      }
      return null
    },

    async create(caller, value, work) {
      const secrets = secretsIn(value)
      const scheme = value.scheme === 'none' ? undefined : optionalText(value.scheme)
      const [environment, team, mock] = [optionalText(value.environment), optionalText(value.team), optionalText(value.mock)]
      const scopes = scopesIn(value)
      const made = await connections.create(caller, {
        connector: textOf(value.connector),
        name: textOf(value.connection),
        ...(environment !== undefined && { environment }),
        ...(team !== undefined && { team: await teamId(caller, team) }),
        auth: {
          ...(scheme !== undefined && { scheme }),
          ...(Object.keys(secrets).length > 0 && { fields: resolved(secrets, work) }),
          ...(scopes !== undefined && { scopes }),
        },
        settings: settingsIn(value),
        ...(mock !== undefined && { mock }),
      })
      if (value.default === true || value.approval !== undefined || value.record !== undefined)
        await connections.update(caller, made.id, {
          ...(value.default === true && { default: true }),
          ...(value.approval !== undefined && { approval: value.approval as ApprovalPolicy }),
          ...(value.record !== undefined && { record: textOf(value.record) }),
        })
      if (Object.keys(secrets).length > 0) await connections.refer(caller, made.id, secrets)
      if (made.status === 'needs_reauth')
        work.note(
          `connection ${textOf(value.connector)}/${textOf(value.connection)}: ${made.status_detail ?? 'it waits for its credential.'}`,
        )
    },

    async change(caller, value, current, work, renewSecrets) {
      const { secrets: before, ...rest } = current.value
      const { secrets: after, ...wanted } = value
      const secrets = secretsIn(value)
      if (canonicalJson(rest) !== canonicalJson(wanted))
        await connections.update(caller, current.id, {
          ...(typeof value.environment === 'string' && { environment: value.environment }),
          settings: settingsIn(value),
          default: value.default === true,
          mock: optionalText(value.mock) ?? null,
          record: optionalText(value.record) ?? null,
          ...(canonicalJson(rest.approval ?? null) !== canonicalJson(wanted.approval ?? null) && {
            approval: (value.approval as ApprovalPolicy | undefined) ?? null,
          }),
        })
      const same = canonicalJson(before ?? {}) === canonicalJson(after ?? {})
      if ((same && !renewSecrets) || Object.keys(secrets).length === 0) return
      await connections.rotate(caller, current.id, resolved(secrets, work))
      await connections.refer(caller, current.id, secrets)
    },

    remove: (caller, { id }) => connections.remove(caller, id),
  }
}
