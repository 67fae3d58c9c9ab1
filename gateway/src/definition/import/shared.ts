import type { HttpActionDocument } from '../document.ts'
import type { Json } from './spec.ts'

export const locations = ['path', 'query', 'querystring', 'header', 'cookie'] as const
export type Location = (typeof locations)[number]

/** A parameter in the words of OpenAPI 3; `at` is its JSON Pointer, `schemaAt` that of its schema. */
export interface Parameter {
  readonly name: string
  readonly location: Location
  readonly value: Json
  readonly at: string
  readonly schemaAt: string
}

/** An answer in one media type. */
export interface Content {
  readonly type: string
  readonly value: Json
  readonly schemaAt: string
}

/** Paths of the fields of an answer by which its list goes on. */
export interface ListFields {
  readonly items: string
  readonly more: string | undefined
  readonly token: string | undefined
  readonly link: string | undefined
}

export type SharedError = NonNullable<HttpActionDocument['errors']>[string]

/** What operations share and is worked out once: large documents use the same parts ten thousand times. */
export class Shared {
  /** Answers that are no success, by their place. */
  readonly errors = new Map<string, SharedError>()
  /** Parameters of OpenAPI 3 that gave no cause for a note, by what declares them. */
  readonly parameters = new Map<unknown, Parameter>()
  /** The content of answers of OpenAPI 3, by what declares them. */
  readonly contents = new Map<unknown, readonly Content[]>()
  /** Fields by which lists go on, by the schema of the answer. */
  readonly lists = new Map<unknown, ListFields | undefined>()
  /** Inputs that are named otherwise than their parameters, as was said once, by the location and name of the parameter. */
  readonly renamed: Readonly<Record<Location, Map<string, string>>> = {
    path: new Map(),
    query: new Map(),
    querystring: new Map(),
    header: new Map(),
    cookie: new Map(),
  }
}
