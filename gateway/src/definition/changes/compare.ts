import type { ConnectorDocument } from '../document.ts'
import { type Aspect, actionFacts, connectionFacts, type Fact, type Facts, textOf } from './facts.ts'

export type SemverClass = 'major' | 'minor' | 'patch'
export const semverClasses = ['major', 'minor', 'patch'] as const

/** One difference between two versions of a connector. */
export interface Change {
  /** The action it is in; null for what concerns connections or the whole connector. */
  readonly action: string | null
  readonly aspect: Aspect
  /** What it is called within its aspect: a path of properties, a field, a scheme; empty where there is only one. */
  readonly field: string
  readonly kind: 'added' | 'removed' | 'changed'
  /** Of a change within: what of it differs. */
  readonly part: 'required' | 'type' | 'values' | 'rest' | null
  readonly class: SemverClass
  /** How it was and is, in few words; empty for nothing. */
  readonly before: string
  readonly after: string
  /** The change as a sentence. */
  readonly message: string
}

/** Longer texts of before and after are cut. */
const maxText = 200
const short = (text: string) => (text.length <= maxText ? text : `${text.slice(0, maxText - 1)}…`)

/**
 * What differs between two documents, the graver the earlier, then in the order of the documents. Major: something that
 * callers or connections use was removed, no longer fits, or a new demand is made of them. Minor: something was added, or less
 * is asked. Patch: anything else. Comparing the other way round gives the same changes with before and after swapped.
 */
export function changesBetween(previous: ConnectorDocument, next: ConnectorDocument): readonly Change[] {
  const changes: Change[] = [...compareFacts(connectionFacts(previous), connectionFacts(next), null)]
  const names = new Set([...Object.keys(previous.actions), ...Object.keys(next.actions)])
  for (const name of names) {
    const before = own(previous.actions, name)
    const after = own(next.actions, name)
    if (before !== undefined && after !== undefined) {
      const within = [...compareFacts(actionFacts(before, previous), actionFacts(after, next), name)]
      // An input that comes or goes has its place in the request, which need not be told besides.
      const told = within.some(({ aspect, kind }) => aspect === 'input' && kind !== 'changed')
      changes.push(...within.filter(({ aspect }) => !(told && aspect === 'request')))
      continue
    }
    const { method, path } = after ?? before ?? {}
    const request = path === undefined ? '' : `${method} ${path}`
    changes.push(
      before === undefined
        ? changeOf(name, 'action', '', 'added', null, 'minor', '', request)
        : changeOf(name, 'action', '', 'removed', null, 'major', request, ''),
    )
  }
  if (changes.length === 0 && details(previous) !== details(next))
    changes.push(changeOf(null, 'settings', '', 'changed', 'rest', 'patch', '', 'details that no call notices'))
  const rank = ({ class: level }: Change) => semverClasses.indexOf(level)
  return changes.sort((a, b) => rank(a) - rank(b))
}

/** The gravest class of several changes; patch when there is none. */
export const gravest = (changes: readonly { readonly class: SemverClass }[]): SemverClass =>
  semverClasses.find((level) => changes.some((change) => change.class === level)) ?? 'patch'

const details = ({ version: _version, removed: _removed, ...document }: ConnectorDocument) => textOf(document)

function own<T>(map: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined
}

function* compareFacts(before: Facts, after: Facts, action: string | null): Generator<Change> {
  for (const [key, was] of before) {
    const is = after.get(key)
    if (is !== undefined) yield* compareFact(was, is, action)
    else if (!isInside(was, before, after))
      yield changeOf(action, was.aspect, was.name, 'removed', null, classOfRemoval(was), describe(was), '')
  }
  for (const [key, is] of after)
    if (!before.has(key) && !isInside(is, after, before))
      yield changeOf(action, is.aspect, is.name, 'added', null, classOfAddition(is), '', describe(is))
}

/** Where a property lies: `address.city` in `address`, `items[].id` in `items`. */
const parentOf = (path: string) => path.replace(/(?:\[\])+$|(?:\[\])*\.[^.]*$/, '')

/** Whether it came or went with the whole that it is a part of, which says it already. */
function isInside({ aspect, name }: Fact, here: Facts, there: Facts): boolean {
  if (aspect === 'server') return here.has(`environment ${name}`) && !there.has(`environment ${name}`)
  if (aspect !== 'input' && aspect !== 'output') return false
  const parent = `${aspect} ${parentOf(name)}`
  return parent !== `${aspect} ${name}` && here.has(parent) && !there.has(parent)
}

function classOfRemoval({ aspect }: Fact): SemverClass {
  if (aspect === 'scopes') return 'patch'
  // The list of schemes that an action accepts is gone: it takes any.
  return aspect === 'auth' ? 'minor' : 'major'
}

function classOfAddition({ aspect, required }: Fact): SemverClass {
  if (aspect === 'input' || aspect === 'field') return required ? 'major' : 'minor'
  // What asks for a right that those who use it may not have.
  return aspect === 'auth' || aspect === 'scopes' ? 'major' : 'minor'
}

function* compareFact(was: Fact, is: Fact, action: string | null): Generator<Change> {
  const { aspect, name } = was
  const change = (part: Change['part'], level: SemverClass, before: string, after: string) =>
    changeOf(action, aspect, name, 'changed', part, level, before, after)
  if (was.required !== is.required) {
    const level = aspect === 'output' ? 'patch' : is.required ? 'major' : 'minor'
    yield change('required', level, was.required ? 'required' : 'optional', is.required ? 'required' : 'optional')
  }
  if (textOf(was.types) !== textOf(is.types)) yield change('type', classOfType(was, is), typesOf(was), typesOf(is))
  if (textOf(was.values) !== textOf(is.values)) {
    // Of an answer, a value more or less is for its reader to expect.
    const level = aspect === 'output' ? 'minor' : includes(is.values, was.values) ? 'minor' : 'major'
    yield change('values', level, valuesOf(was), valuesOf(is))
  }
  if (was.rest !== is.rest) yield change('rest', classOfRest(was, is), was.rest, is.rest)
}

function classOfRest({ aspect, rest: before }: Fact, { rest: after }: Fact): SemverClass {
  if (aspect === 'effect') return rankOf(after) > rankOf(before) ? 'major' : 'minor'
  if (aspect === 'deprecated') return after === '' ? 'patch' : 'minor'
  // Calls that name no action would run another.
  if (aspect === 'scheme' || aspect === 'default_action') return 'major'
  // Credentials go to another host.
  return aspect === 'server' && originOf(before) !== originOf(after) ? 'major' : 'patch'
}

const rankOf = (effect: string) => ['read', 'write', 'destructive'].indexOf(effect)
const originOf = (url: string) => /^[a-z]+:\/\/[^/]*/i.exec(url)?.[0].toLowerCase() ?? url

/** An input may take more than before, an answer may hold less; one of which no kind is told says nothing new. */
function classOfType(was: Fact, is: Fact): SemverClass {
  const [given, taken] = was.aspect === 'output' ? [is.types, was.types] : [was.types, is.types]
  if (was.aspect === 'output' && given.length === 0) return 'minor'
  // An integer is a number.
  const fits = given.length > 0 && given.every((type) => taken.includes(type) || (type === 'integer' && taken.includes('number')))
  return taken.length === 0 || fits ? 'minor' : 'major'
}

const includes = (all: readonly string[] | null, some: readonly string[] | null) =>
  all === null || (some?.every((value) => all.includes(value)) ?? false)

const typesOf = ({ types }: Fact) => types.join(' or ') || 'anything'
const valuesOf = ({ values }: Fact) => values?.join(', ') ?? 'anything'

function describe(fact: Fact): string {
  const { aspect, required, values, rest } = fact
  if (aspect === 'auth') return valuesOf(fact)
  if (aspect !== 'input' && aspect !== 'output' && aspect !== 'field') return rest
  return `${typesOf(fact)}${required ? ', required' : ''}${values === null ? '' : `: ${valuesOf(fact)}`}`
}

const words: Readonly<Record<Aspect, string>> = {
  action: '',
  input: 'input ',
  output: 'output ',
  effect: 'its effect ',
  method: 'its method ',
  path: 'its path ',
  auth: 'the list of auth schemes it accepts ',
  scopes: 'scope ',
  server: 'server of ',
  environment: 'environment ',
  field: 'field ',
  scheme: 'auth scheme ',
  deprecated: '',
  request: 'how its request is made ',
  response: 'how its answer is read ',
  default_action: 'its default action ',
  script: 'its script ',
  text: 'what it says of itself ',
  settings: 'its limits and settings ',
}

function changeOf(
  action: string | null,
  aspect: Aspect,
  field: string,
  kind: Change['kind'],
  part: Change['part'],
  level: SemverClass,
  before: string,
  after: string,
): Change {
  const whole = action === null ? 'connection ' : aspect === 'action' ? `action ${action}` : `action ${action}: `
  const subject = `${whole}${words[aspect]}${field}`.trimEnd()
  return {
    action,
    aspect,
    field,
    kind,
    part,
    class: level,
    before: short(before),
    after: short(after),
    message: `${subject} ${verb(aspect, kind, part, level, before, after)}`.replace(/: +/, ': '),
  }
}

function verb(
  aspect: Aspect,
  kind: Change['kind'],
  part: Change['part'],
  level: SemverClass,
  before: string,
  after: string,
): string {
  if (kind === 'removed') return 'was removed'
  const demands = aspect === 'input' || aspect === 'field'
  if (kind === 'added') return demands && level === 'major' ? 'is new and required' : 'is new'
  if (part === 'required') return after === 'required' ? 'became required' : 'became optional'
  if (aspect === 'deprecated') return after === '' ? 'is deprecated no more' : 'is deprecated'
  const told: readonly Aspect[] = ['effect', 'method', 'path', 'server', 'default_action']
  if (part === 'type' || part === 'values' || told.includes(aspect))
    return `${part === 'type' ? 'has another type' : part === 'values' ? 'takes other values' : 'changed'}: ${short(before) || 'none'} → ${short(after) || 'none'}`
  return part === 'rest' && demands ? 'has other rules' : 'changed'
}
