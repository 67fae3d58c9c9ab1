import { Type } from 'typebox'
import { errorCodes } from '../../errors.ts'

const Values = Type.Record(Type.String(), Type.Unknown())

export const RunScriptRequest = Type.Object(
  {
    source: Type.String({
      minLength: 1,
      maxLength: 262_144,
      description: 'JavaScript, or TypeScript that needs only its types taken out.',
    }),
    language: Type.Optional(Type.Enum(['javascript', 'typescript'], { default: 'javascript' })),
    command: Type.String({
      pattern: '^[a-zA-Z][a-zA-Z0-9_]{0,63}$',
      description: 'The function to call: the name of an action.',
    }),
    params: Type.Optional(Values),
    config: Type.Optional(Values),
    variables: Type.Optional(Values),
  },
  { additionalProperties: false, description: 'Nothing of it is stored, and no credential of the gateway is used.' },
)

export const ScriptRun = Type.Object({
  outcome: Type.Union([
    Type.Null(),
    Type.Object({
      success: Type.Boolean(),
      payload: Type.Optional(Type.Unknown()),
      variables: Type.Optional(Values),
      diagnostics: Type.Optional(Values),
      error: Type.Optional(Type.String()),
    }),
  ]),
  problem: Type.Union(
    [
      Type.Null(),
      Type.Object({
        code: Type.Enum(errorCodes),
        detail: Type.String(),
        resolution: Type.String(),
        diagnostics: Type.Optional(Values),
      }),
    ],
    { description: 'Why it did not come to an outcome.' },
  ),
  logs: Type.Array(Type.Object({ level: Type.Enum(['trace', 'debug', 'info', 'warn', 'error']), message: Type.String() })),
  requests: Type.Array(
    Type.Object({
      method: Type.String(),
      url: Type.String(),
      status: Type.Union([Type.Integer(), Type.Null()], { description: 'Null when no answer came.' }),
      ms: Type.Number(),
    }),
  ),
  duration_ms: Type.Number(),
})
