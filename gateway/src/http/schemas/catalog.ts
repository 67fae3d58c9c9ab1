import { Type } from 'typebox'
import { NextStepAnswer } from './connections.ts'

/** From the catalog to a connection (K4, K5). */

export const WorkspaceQuery = Type.Object({
  workspace_id: Type.String({ maxLength: 200, description: 'The workspace it is for. A token has only its own.' }),
})

const form = {
  fields: Type.Optional(
    Type.Record(Type.String(), Type.String({ maxLength: 65_536 }), {
      description: 'What the form of the connector asks for: the fields of its auth scheme, its settings and server variables.',
    }),
  ),
  scheme: Type.Optional(Type.String({ description: 'One of its auth schemes. Default: the first.' })),
  environment: Type.Optional(Type.String({ description: 'One of its servers. Default: the first.' })),
}

export const VerifyRequest = Type.Object(form, { additionalProperties: false })
export const VerifyResult = Type.Object({
  ok: Type.Boolean(),
  message: Type.String({ description: 'Why the provider refused; empty when it did not.' }),
})

export const InstallRequest = Type.Object(
  {
    ...form,
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: "Default: the connector's." })),
    team: Type.Optional(Type.String({ maxLength: 200, description: 'Of this team of yours. Default: of the workspace.' })),
    scopes: Type.Optional(
      Type.Array(Type.String({ maxLength: 500 }), {
        maxItems: 200,
        description: 'Of OAuth, instead of those that the connector asks for.',
      }),
    ),
    crew_id: Type.Optional(Type.String({ maxLength: 200, description: 'The same as team.' })),
  },
  { additionalProperties: false },
)
export const Installation = Type.Object({
  integration_id: Type.String({ description: 'Id of the connection.' }),
  ...NextStepAnswer.properties,
})
