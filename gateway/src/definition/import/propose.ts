import { effectOf } from '../compile-action.ts'
import type { HttpActionDocument } from '../document.ts'
import type { Operation } from './context.ts'
import { textOf } from './spec.ts'

/** As many tools as a model still tells apart when it is given all of them. */
const MAX_PROPOSED = 30
/** Of one resource: to find, to read, to make, to change. */
const MAX_PER_RESOURCE = 4

export interface Proposed {
  readonly action: string
  /** One sentence: why it is proposed. */
  readonly reason: string
}

interface Candidate {
  readonly operation: Operation
  readonly resource: string
  readonly role: Role
  readonly score: number
}

type Role = 'list' | 'search' | 'read' | 'create' | 'change' | 'other'

const verbs: Readonly<Record<Role, string>> = {
  list: 'Lists',
  search: 'Searches',
  read: 'Reads one of',
  create: 'Creates one of',
  change: 'Changes one of',
  other: 'Acts on',
}

/**
 * A small set to begin with: for the resources that most operations are about, one action to find, read, make and change.
 * Deprecated actions, those that delete, and those with many required inputs come last or not at all.
 */
export function propose(
  operations: readonly Operation[],
  actions: Readonly<Record<string, HttpActionDocument>>,
): readonly Proposed[] {
  const sizes = new Map<string, number>()
  for (const operation of operations) {
    const resource = resourceOf(operation.path)
    sizes.set(resource, (sizes.get(resource) ?? 0) + 1)
  }
  const candidates: Candidate[] = []
  for (const operation of operations) {
    const action = Object.hasOwn(actions, operation.name) ? actions[operation.name] : undefined
    if (action === undefined || action.deprecated === true || effectOf(action) === 'destructive') continue
    const resource = resourceOf(operation.path)
    const role = roleOf(operation)
    candidates.push({ operation, resource, role, score: scoreOf(operation, action, role, sizes.get(resource) ?? 0) })
  }
  candidates.sort((a, b) => b.score - a.score)
  const taken = new Map<string, Set<Role>>()
  const proposed: Proposed[] = []
  for (const { operation, resource, role } of candidates) {
    if (proposed.length >= MAX_PROPOSED) break
    const roles = taken.get(resource) ?? new Set()
    // With few operations everything useful fits; with many, one of each role.
    if (candidates.length > MAX_PROPOSED && (roles.size >= MAX_PER_RESOURCE || roles.has(role))) continue
    roles.add(role)
    taken.set(resource, roles)
    const count = sizes.get(resource) ?? 0
    proposed.push({
      action: operation.name,
      reason: `${verbs[role]} ${resource === '' ? 'the API' : resource}, which ${count === 1 ? 'one operation is' : `${count} operations are`} about.`,
    })
  }
  return proposed
}

/** The first word of a path that is no version and no parameter, `customers` of `/v1/customers/{id}/cards`. */
function resourceOf(path: string): string {
  const words = path.split('/').filter((part) => part !== '' && !part.includes('{') && !/^(api|rest|v?\d+(\.\d+)*)$/i.test(part))
  return (words[0] ?? '').split(/[?#.:(]/, 1)[0] ?? ''
}

function roleOf({ method, path, name }: Operation): Role {
  const endsInParameter = /\}[^/]*\/?$/.test(path)
  if (method === 'GET' || method === 'QUERY') {
    if (/search|query|find/.test(name)) return 'search'
    return endsInParameter ? 'read' : 'list'
  }
  if (method === 'POST') {
    if (/search|query/.test(name)) return 'search'
    return endsInParameter ? 'change' : 'create'
  }
  return method === 'PUT' || method === 'PATCH' ? 'change' : 'other'
}

const weights: Readonly<Record<Role, number>> = { list: 4, search: 4, read: 3, create: 3, change: 2, other: 0 }

function scoreOf({ path, value }: Operation, { input }: HttpActionDocument, role: Role, size: number): number {
  const required = typeof input === 'object' && Array.isArray(input.required) ? input.required.length : 0
  const depth = path.split('/').filter(Boolean).length
  const isDescribed = textOf(value.summary) !== undefined || textOf(value.description) !== undefined
  return weights[role] + Math.log2(1 + size) * 2 - depth * 0.8 - required * 0.4 + (isDescribed ? 1 : 0)
}
