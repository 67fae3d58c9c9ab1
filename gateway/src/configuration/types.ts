import type { Caller } from '../caller.ts'
import type { SecretReference, SecretReferences } from '../store/secret-references.ts'

export type { SecretReference, SecretReferences }

/** A document of a folder, parsed; `file` is for people. */
export interface ConfigurationDocument {
  readonly file: string
  readonly document: Readonly<Record<string, unknown>>
}

/** In the order in which they are made: each refers to earlier ones only. They are deleted the other way round. */
export const resourceTypes = ['team', 'member', 'connector', 'oauth_app', 'connection', 'toolset', 'notification'] as const
export type ResourceType = (typeof resourceTypes)[number]

export type Value = Readonly<Record<string, unknown>>

/** One thing of a workspace as files have it. */
export interface Resource {
  readonly type: ResourceType
  /** What tells it from others of its type. */
  readonly key: string
  /** Of a document of its own what stands in it, so `{connector, name, …}`. */
  readonly value: Value
}

/** A resource that a document asks for: index of the document, and where in it. */
export interface Desired extends Resource {
  readonly document: number
  readonly path: string
}

/** What is wrong with a document; `path` is a JSON Pointer into it. */
export interface Problem {
  readonly document: number
  readonly path: string
  readonly message: string
}

/** One difference of a resource, as short texts. */
export interface Difference {
  readonly path: string
  readonly before: string | null
  readonly after: string | null
}

export interface Change {
  readonly action: 'create' | 'change' | 'delete'
  readonly type: ResourceType
  readonly key: string
  /** Index of the document that asks for it; null of what is deleted. */
  readonly document: number | null
  readonly differences: readonly Difference[]
  /** Names of the secrets that it takes, such as `env:CRM_KEY`. */
  readonly secrets: readonly string[]
}

export interface Plan {
  /** Tells this plan from any other: of what is there and what is asked for. */
  readonly fingerprint: string
  /** In the order in which they are done. */
  readonly changes: readonly Change[]
  /** What the workspace has and the documents do not: left alone, unless the plan prunes. */
  readonly kept: readonly { readonly type: ResourceType; readonly key: string }[]
  readonly notes: readonly string[]
}

export interface PlanRequest {
  readonly documents: readonly ConfigurationDocument[]
  /** Delete what the documents do not have. */
  readonly prune?: boolean
  /** Set the secrets of all connections and OAuth apps anew, not only those whose place has changed. */
  readonly renew_secrets?: boolean
}

export interface ApplyRequest extends PlanRequest {
  /** Of the plan that was decided on. */
  readonly fingerprint: string
  /** Values by the names that the plan gives. */
  readonly secrets?: Readonly<Record<string, string>>
}

export interface Applied {
  readonly changes: readonly Change[]
  /** What is left for people to do. */
  readonly notes: readonly string[]
  /** Signing secrets that were made, shown this once. */
  readonly shown: readonly { readonly type: ResourceType; readonly key: string; readonly secret: string }[]
}

export interface Exported {
  /** By file. The roles of all members share a document, whose key is empty. */
  readonly items: readonly {
    readonly file: string
    readonly type: ResourceType
    readonly key: string
    readonly document: Value
  }[]
}

/** A workspace as documents, and back. For admins; what is done is done with their rights. */
export interface Configuration {
  export(caller: Caller): Promise<Exported>
  /** Throws INVALID_INPUT whose diagnostics name document and path of each problem. */
  plan(caller: Caller, request: PlanRequest): Promise<Plan>
  /** All of it or nothing. Throws CONFLICT when the plan is not the one of the fingerprint any more. */
  apply(caller: Caller, request: ApplyRequest): Promise<Applied>
}
