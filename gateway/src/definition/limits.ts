import { Type } from 'typebox'

const closed = { additionalProperties: false } as const

const limits = {
  timeout_ms: Type.Optional(
    Type.Integer({
      minimum: 100,
      maximum: 300_000,
      default: 30_000,
      description: 'Total time for one call, retries included.',
    }),
  ),
  retries: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 5,
      default: 2,
      description: 'Further attempts of a read after 429, 502, 503, 504 or a broken connection. Writes are never retried.',
    }),
  ),
  max_response_bytes: Type.Optional(
    Type.Integer({ minimum: 1024, maximum: 104_857_600, default: 5_242_880, description: 'Counted after decompression.' }),
  ),
  per_minute: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000_000, default: 10, description: 'Calls per action in any 60 seconds.' }),
  ),
  per_day: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100_000_000, description: 'Calls per action in any 24 hours. No limit when absent.' }),
  ),
  response_check: Type.Optional(
    Type.Enum(['enforce', 'warn', 'off'], {
      default: 'enforce',
      description: 'What a successful answer that does not match the output schema means.',
    }),
  ),
}
export const Limits = Type.Object(limits, closed)
export const ConnectorLimits = Type.Object(
  {
    ...limits,
    connection_per_minute: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description: 'Calls over one connection, of all its actions together, in any 60 seconds. No limit when absent.',
      }),
    ),
    connection_per_day: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100_000_000, description: 'The same in any 24 hours. No limit when absent.' }),
    ),
  },
  closed,
)
