import type { Members } from '../access/members.ts'
import type { Teams } from '../access/teams.ts'
import type { Toolsets } from '../access/toolsets.ts'
import type { NotificationChannels } from '../call/notices/types.ts'
import type { Caller } from '../caller.ts'
import type { OAuthApps } from '../connections/oauth/apps.ts'
import type { ConnectionRegistry } from '../connections/registry.ts'
import type { Connectors } from '../connections/types.ts'
import type { Page } from '../page.ts'
import type { ResourceType, SecretReference, SecretReferences, Value } from './types.ts'

/** The services whose acts configuration is made of: they check rights and write the audit log as they do for single requests. */
export interface ResourceServices {
  readonly teams: Teams
  readonly members: Members
  readonly toolsets: Toolsets
  readonly connectors: Connectors
  readonly oauthApps: OAuthApps
  readonly connections: ConnectionRegistry
  readonly channels: NotificationChannels
}

/** A resource as the workspace has it. */
export interface Current {
  readonly id: string
  readonly value: Value
}

/** What there will be: of the documents, and of the workspace where they say nothing. */
export interface Known {
  get(type: ResourceType, key: string): Value | undefined
  /** Said beside the plan. */
  note(text: string): void
}

/** What making a change takes. */
export interface Work {
  /** The value that was handed over. Throws INVALID_INPUT when there is none. */
  secret(reference: SecretReference): string
  /** Keeps what is shown once. */
  show(secret: string): void
  note(text: string): void
}

/** A type of resource: one file in `resources/`, one line in the table of `configuration.ts`. */
export interface Resources {
  readonly type: ResourceType
  /** In document form; by key, in the order in which they are written. */
  current(caller: Caller): Promise<ReadonlyMap<string, Current>>
  /** Where an export writes it; null of what shares a document with others. */
  file(value: Value): string | null
  /** With everything that may be left out filled in, so that equal ones are alike. */
  settle(value: Value, current: Current | undefined, known: Known): Value
  /** Why it cannot be as it is asked for. */
  problem?(value: Value, current: Current | undefined, known: Known, caller: Caller): string | null
  /** The text by which two are compared; by default the order of keys means nothing. */
  text?(value: Value): string
  /** Of the value as it is asked for, in document form. */
  secrets?(value: Value): SecretReferences
  /** Without it nothing makes one, and a plan says so. */
  create?(caller: Caller, value: Value, work: Work): Promise<void>
  change(caller: Caller, value: Value, current: Current, work: Work, renewSecrets: boolean): Promise<void>
  /** Without it none is ever deleted. */
  remove?(caller: Caller, current: Current): Promise<void>
}

export async function allPages<T>(list: (cursor: string | undefined) => Promise<Page<T>>): Promise<readonly T[]> {
  const all: T[] = []
  let cursor: string | undefined
  do {
    const page = await list(cursor)
    all.push(...page.items)
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  return all
}

/** Names of variables for secrets of which nobody has said where they are; each once. */
export class VariableNames {
  readonly #taken = new Set<string>()

  of(...words: readonly string[]): SecretReference {
    const plain = words
      .join('_')
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '_')
      .replace(/^(\d)/, '_$1')
    let name = plain
    for (let count = 2; this.#taken.has(name); count++) name = `${plain}_${count}`
    this.#taken.add(name)
    return { env: name }
  }
}

/** As part of the name of a file. */
export function fileWord(text: string): string {
  const word = text
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  return word === '' ? 'unnamed' : word
}

/** Without what is undefined, so that it can be written. */
export function present(value: Readonly<Record<string, unknown>>): Value {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
