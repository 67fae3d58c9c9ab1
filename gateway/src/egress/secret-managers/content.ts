import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { reveal, Secret } from '../../secret.ts'

/** What stands in a secret manager for one connection: what its calls are sent with, and nothing that renews it. */
export interface ReplicaContent {
  readonly connection: string
  readonly scheme: string
  /** Another one with every change of the credential. */
  readonly version: string
  /** ISO 8601; null when nobody said. */
  readonly expiresAt: string | null
  readonly fields: Readonly<Record<string, Secret>>
}

const format = 1
const content = Compile(
  Type.Object({
    sallyport: Type.Literal(format),
    connection: Type.String(),
    scheme: Type.String(),
    version: Type.String(),
    expires_at: Type.Union([Type.String(), Type.Null()]),
    fields: Type.Record(Type.String(), Type.String()),
  }),
)

/** As JSON, for people and programs that read it without Sallyport as well. */
export function writeContent({ connection, scheme, version, expiresAt, fields }: ReplicaContent): Secret {
  const plain = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, reveal(value)]))
  return new Secret(JSON.stringify({ sallyport: format, connection, scheme, version, expires_at: expiresAt, fields: plain }))
}

/** Null for what the gateway has not written. */
export function readContent(secret: Secret): ReplicaContent | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(reveal(secret))
  } catch {
    return null
  }
  if (!content.Check(parsed)) return null
  const { connection, scheme, version, expires_at: expiresAt } = parsed
  const fields = Object.fromEntries(Object.entries(parsed.fields).map(([name, value]) => [name, new Secret(value)]))
  return { connection, scheme, version, expiresAt, fields }
}
