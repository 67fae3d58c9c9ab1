import { type Static, Type } from 'typebox'

const closed = { additionalProperties: false } as const

const Expected = Type.Union([
  Type.String(),
  Type.Number(),
  Type.Boolean(),
  Type.Null(),
  Type.Object({ exists: Type.Boolean() }, closed),
])
export type Expected = Static<typeof Expected>

export const Expect = Type.Object(
  {
    status: Type.Optional(
      Type.Array(Type.Integer({ minimum: 200, maximum: 599 }), {
        minItems: 1,
        description: 'The answers that are right. Default: any from 200 to 299.',
      }),
    ),
    json: Type.Optional(
      Type.Record(Type.String(), Expected, {
        description: 'Path in the answer → the value that must stand there, or {exists: true} or {exists: false}.',
      }),
    ),
  },
  closed,
)
export type Expect = Static<typeof Expect>

const Probe = Type.Object(
  {
    method: Type.Optional(Type.Enum(['GET', 'HEAD'], { default: 'GET' })),
    path: Type.String({ pattern: '^/', description: 'Appended to the server URL, as that of an action.' }),
    query: Type.Optional(Type.Record(Type.String(), Type.String())),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    expect: Type.Optional(Expect),
  },
  closed,
)

const ByAction = Type.Object(
  { action: Type.String({ pattern: '^[a-zA-Z][a-zA-Z0-9_]{0,63}$' }), input: Type.Optional(Type.Unknown()) },
  closed,
)

export const Verify = Type.Union([ByAction, Probe], {
  description: 'What tells whether a connection works: an action with its input, or a read of its own and what it must answer.',
})
export type Verify = Static<typeof Verify>

/** The name that the read of a connector's `verify` has in the log; no action can have it. */
export const probeName = '$verify'

/** Whether what `verify` needs is still there. */
export function isVerifiable(verify: Verify, hasAction: (name: string) => boolean): boolean {
  return !('action' in verify) || hasAction(verify.action)
}
