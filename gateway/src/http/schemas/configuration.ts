import { Type } from 'typebox'
import { resourceTypes } from '../../configuration/types.ts'

const closed = { additionalProperties: false }
const ResourceKind = Type.Enum([...resourceTypes])
const Notes = Type.Array(Type.String(), { description: 'What is left for people to do.' })

export const ConfigurationDocument = Type.Object(
  {
    file: Type.String({ maxLength: 1000, description: 'Where it stands, for people.' }),
    document: Type.Record(Type.String(), Type.Unknown(), {
      description:
        'One resource, as configuration.schema.json of the gateway describes it: a connector file, a connection, a toolset, …',
    }),
  },
  closed,
)
export const ConfigurationExport = Type.Object({
  items: Type.Array(
    Type.Object({
      file: Type.String({ description: 'Where an export to a folder writes it.' }),
      type: ResourceKind,
      key: Type.String({ description: 'Empty for the roles of all members, which share a document.' }),
      document: Type.Record(Type.String(), Type.Unknown()),
    }),
    { description: 'By file. Secrets are references; a value is never among them.' },
  ),
})
const request = {
  documents: Type.Array(ConfigurationDocument, { maxItems: 10_000 }),
  prune: Type.Optional(Type.Boolean({ description: 'Delete what the documents do not have.' })),
  renew_secrets: Type.Optional(Type.Boolean({ description: 'Set all secrets anew, not only those whose place has changed.' })),
}
export const PlanConfigurationRequest = Type.Object(request, closed)
export const ApplyConfigurationRequest = Type.Object(
  {
    ...request,
    fingerprint: Type.String({ maxLength: 100, description: 'Of the plan that was decided on.' }),
    secrets: Type.Optional(
      Type.Record(Type.String(), Type.String({ maxLength: 65_536 }), {
        description: 'Write-only: values by the names that the plan gives, such as env:CRM_KEY.',
      }),
    ),
  },
  closed,
)
export const ConfigurationChange = Type.Object({
  action: Type.Enum(['create', 'change', 'delete']),
  type: ResourceKind,
  key: Type.String(),
  document: Type.Union([Type.Integer(), Type.Null()], { description: 'Index of the document that asks for it.' }),
  differences: Type.Array(
    Type.Object({
      path: Type.String(),
      before: Type.Union([Type.String(), Type.Null()]),
      after: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
  secrets: Type.Array(Type.String(), { description: 'Names of the secrets whose values it takes.' }),
})
export const ConfigurationPlan = Type.Object({
  fingerprint: Type.String({ description: 'Applying takes it, and is refused when anything has changed since.' }),
  changes: Type.Array(ConfigurationChange, { description: 'In the order in which they are done.' }),
  kept: Type.Array(Type.Object({ type: ResourceKind, key: Type.String() }), {
    description: 'What the workspace has and the documents do not.',
  }),
  notes: Notes,
})
export const AppliedConfiguration = Type.Object({
  changes: Type.Array(ConfigurationChange),
  notes: Notes,
  shown: Type.Array(Type.Object({ type: ResourceKind, key: Type.String(), secret: Type.String() }), {
    description: 'Signing secrets that were made, shown this once.',
  }),
})
