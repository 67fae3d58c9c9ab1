import { sql } from 'kysely'
import { type Caller, requireRole } from '../caller.ts'
import type { Builtins } from '../connections/builtins/index.ts'
import { completeInstance } from '../connections/builtins/instance.ts'
import { SallyportError } from '../errors.ts'
import type { Store } from '../store/types.ts'
import { canonicalJson, sha256 } from '../vault/digest.ts'
import { differencesOf } from './differences.ts'
import { readDocuments, secretName } from './read.ts'
import type { Current, Known, ResourceServices, Resources, Work } from './resource.ts'
import { connectionResources } from './resources/connections.ts'
import { connectorResources } from './resources/connectors.ts'
import { notificationResources } from './resources/notifications.ts'
import { oauthAppResources } from './resources/oauth-apps.ts'
import { memberResources, teamResources } from './resources/teams.ts'
import { toolsetResources } from './resources/toolsets.ts'
import type {
  Applied,
  Change,
  Configuration,
  Desired,
  Exported,
  Plan,
  PlanRequest,
  Problem,
  ResourceType,
  Value,
} from './types.ts'

interface ConfigurationServices extends ResourceServices {
  readonly store: Store
  readonly builtins: Builtins
  /** Makes sure that the workspace has a key to seal with. */
  readonly prepareKey: (workspaceId: string) => Promise<void>
}

/** A change with everything that making it takes. */
interface Step {
  readonly change: Change
  readonly resources: Resources
  readonly value: Value | undefined
  readonly current: Current | undefined
  readonly renewSecrets: boolean
  readonly place: { readonly document: number; readonly path: string } | null
}

type Planned = Plan & { readonly steps: readonly Step[] }

const mostProblems = 100

function refuse(request: PlanRequest, problems: readonly Problem[]): never {
  const [first] = problems
  const file = first === undefined ? undefined : request.documents[first.document]?.file
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  throw new SallyportError('INVALID_INPUT', {
    detail: `${file ?? 'The configuration'}: ${first?.message ?? 'it is not valid.'}${more}`,
    diagnostics: {
      errors: problems.slice(0, mostProblems).map((one) => ({ ...one, file: request.documents[one.document]?.file })),
    },
  })
}

const orderOf = ({ value: { order } }: Desired) => (typeof order === 'number' ? order : Number.MAX_SAFE_INTEGER)
const byOrder = (a: Desired, b: Desired) => orderOf(a) - orderOf(b)

/** Every type of resource there is, in the order in which they are made. Another one is a file beside these and a line here. */
function tableOf(services: ResourceServices): readonly Resources[] {
  const connections = connectionResources(services)
  return [
    memberResources(services),
    teamResources(services),
    connectorResources(services),
    oauthAppResources(services),
    connections,
    toolsetResources(services, connections),
    notificationResources(services),
  ]
}

export function createConfiguration(services: ConfigurationServices): Configuration {
  const { store, builtins } = services
  const table = tableOf(services)
  const textOf = (resources: Resources, value: Value) => (resources.text ?? canonicalJson)(value)

  async function look(caller: Caller) {
    const found = new Map<ResourceType, ReadonlyMap<string, Current>>()
    for (const resources of table) found.set(resources.type, await resources.current(caller))
    return found
  }

  async function plan(caller: Caller, request: PlanRequest): Promise<Planned> {
    requireRole(caller, 'admin')
    const { desired, problems: wrong } = readDocuments(request.documents, (document) => completeInstance(document, builtins))
    if (wrong.length > 0) refuse(request, wrong)
    const found = await look(caller)
    const byId = new Map(desired.map((one) => [`${one.type} ${one.key}`, one]))
    const notes = new Set<string>()
    const known: Known = {
      get(type, key) {
        const makes = table.find((resources) => resources.type === type)?.create !== undefined
        return (makes ? byId.get(`${type} ${key}`)?.value : undefined) ?? found.get(type)?.get(key)?.value
      },
      note: (text) => void notes.add(text),
    }
    const problems: Problem[] = []
    const steps: Step[] = []
    const doomed: Step[] = []
    const kept: Plan['kept'][number][] = []
    for (const resources of table) {
      const { type } = resources
      const here = found.get(type) ?? new Map<string, Current>()
      for (const one of desired.filter((each) => each.type === type).sort(byOrder)) {
        const step = stepOf(resources, one, here.get(one.key))
        if (step !== null) steps.push(step)
      }
      for (const [key, current] of here) {
        if (byId.has(`${type} ${key}`)) continue
        if (request.prune !== true || resources.remove === undefined) kept.push({ type, key })
        else {
          const change: Change = { action: 'delete', type, key, document: null, differences: [], secrets: [] }
          doomed.push({ change, resources, value: undefined, current, renewSecrets: false, place: null })
        }
      }
    }
    if (problems.length > 0) refuse(request, problems)
    const all = [...steps, ...doomed.reverse()]
    const marks = all.map(({ change, value, current, resources, renewSecrets }) => [
      ...[change.action, change.type, change.key, renewSecrets],
      ...[value, current?.value].map((each) => (each === undefined ? null : textOf(resources, each))),
    ])
    return {
      fingerprint: sha256(JSON.stringify([caller.workspaceId, marks]))
        .toString('hex')
        .slice(0, 32),
      changes: all.map(({ change }) => change),
      kept,
      notes: [...notes],
      steps: all,
    }

    function stepOf(resources: Resources, one: Desired, current: Current | undefined): Step | null {
      const { type, key, document, path } = one
      const value = resources.settle(one.value, current, known)
      const before = current && { ...current, value: resources.settle(current.value, current, known) }
      const problem = resources.problem?.(value, before, known, caller) ?? null
      if (problem !== null) {
        problems.push({ document, path, message: problem })
        return null
      }
      if (before === undefined && resources.create === undefined) {
        notes.add(`${key} is no ${type} of the workspace yet: invite them, then apply again.`)
        return null
      }
      const references = Object.entries(resources.secrets?.(value) ?? {})
      const renewSecrets = request.renew_secrets === true && references.length > 0 && before !== undefined
      if (before !== undefined && !renewSecrets && textOf(resources, value) === textOf(resources, before.value)) return null
      const stored = before === undefined ? {} : (resources.secrets?.(before.value) ?? {})
      // A channel is replaced as a whole; of the others a secret that stays where it is stays as it is.
      const changed = references.some(([name, reference]) => canonicalJson(stored[name] ?? null) !== canonicalJson(reference))
      const takes = renewSecrets || changed || (before !== undefined && type === 'notification')
      const change: Change = {
        ...{ action: before === undefined ? ('create' as const) : ('change' as const), type, key, document },
        differences: [
          ...differencesOf(before?.value, value),
          ...(renewSecrets ? [{ path: 'secrets', before: null, after: 'set anew' }] : []),
        ],
        secrets: takes ? [...new Set(references.map(([, reference]) => secretName(reference)))] : [],
      }
      return { change, resources, value, current: before, renewSecrets, place: { document, path } }
    }
  }

  async function run(caller: Caller, { resources, value, current, change, renewSecrets }: Step, work: Work): Promise<void> {
    if (value === undefined && current !== undefined) await resources.remove?.(caller, current)
    else if (value !== undefined && current === undefined) await resources.create?.(caller, value, work)
    else if (value !== undefined && current !== undefined) await resources.change(caller, value, current, work, renewSecrets)
    else throw new SallyportError('INTERNAL', { internal: `${change.action} of nothing` })
  }

  return {
    async export(caller) {
      requireRole(caller, 'admin')
      const items: Exported['items'][number][] = []
      const members: Record<string, unknown> = {}
      const taken = new Set<string>()
      for (const resources of table) {
        for (const [key, { value }] of await resources.current(caller)) {
          const wanted = resources.file(value)
          if (wanted === null) {
            members[key] = value.role
            continue
          }
          let file = wanted
          for (let count = 2; taken.has(file); count++) file = wanted.replace(/\.yaml$/, `-${count}.yaml`)
          taken.add(file)
          items.push({ file, type: resources.type, key, document: value })
        }
      }
      if (Object.keys(members).length > 0) items.push({ file: 'members.yaml', type: 'member', key: '', document: { members } })
      return { items: items.sort((a, b) => (a.file < b.file ? -1 : 1)) }
    },

    async plan(caller, request) {
      const { steps: _, ...shown } = await plan(caller, request)
      return shown
    },

    async apply(caller, request) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      // What is sealed within the transaction must not hang on a key that goes when it is undone.
      await services.prepareKey(workspaceId)
      return store.together(workspaceId, async (): Promise<Applied> => {
        await store.workspace(workspaceId, (db) =>
          sql`select pg_advisory_xact_lock(hashtext(${`configuration ${workspaceId}`}))`.execute(db),
        )
        const planned = await plan(caller, request)
        if (planned.fingerprint !== request.fingerprint)
          throw new SallyportError('CONFLICT', {
            detail: 'The workspace or the files have changed since this was planned. Plan again and look at what would change.',
            diagnostics: { planned: request.fingerprint, now: planned.fingerprint },
          })
        const notes = [...planned.notes]
        const shown: Applied['shown'][number][] = []
        for (const step of planned.steps) {
          const { type, key } = step.change
          const work: Work = {
            note: (text) => void notes.push(text),
            show: (secret) => void shown.push({ type, key, secret }),
            secret(reference) {
              const name = secretName(reference)
              const value = request.secrets?.[name]
              if (value !== undefined && value !== '') return value
              throw new SallyportError('INVALID_INPUT', { detail: `the value of ${name} is missing. Send it with the request.` })
            },
          }
          await run(caller, step, work).catch((error: unknown) => {
            if (!(error instanceof SallyportError)) throw error
            const { document = 0, path = '' } = step.place ?? {}
            const file = step.place === null ? undefined : request.documents[document]?.file
            const message = error.detail
            throw new SallyportError(error.code, {
              detail: `${type} ${key}: ${message} Nothing was changed.`,
              diagnostics: { ...error.diagnostics, errors: [{ document, file, path, message }] },
              ...(error.internal !== undefined && { internal: error.internal }),
              cause: error,
            })
          })
        }
        return { changes: planned.changes, notes, shown }
      })
    },
  }
}
