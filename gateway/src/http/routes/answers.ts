import { type TSchema, Type } from 'typebox'

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Type.Ref('Problem') } },
})

/**
 * The `response` part of a route: its answers by status, and the problem documents that every route can answer.
 * Answers are typed by what the services yield (`answer`), and described by the schema.
 */
export function answers<T extends Record<number, TSchema>>(byStatus: T) {
  return {
    ...byStatus,
    '4xx': problem('The request cannot be served as it is.'),
    '5xx': problem('A fault of the API behind, or of the gateway.'),
  }
}

/** A described answer: `View` is the type the handler yields, `schema` what the API documents of it. */
export function answer<View>(schema: TSchema, description: string) {
  return Type.Unsafe<View>({ ...schema, 'x-response-description': description })
}

/** 204: no body. */
export function noContent(description: string) {
  return Type.Unsafe<undefined>({ type: 'null', description })
}

/** Security requirement of routes that anyone may call. */
export const anyone: { [scheme: string]: string[] }[] = []
