import { Type } from 'typebox'

export const RotateVaultRequest = Type.Object(
  {
    key_id: Type.Optional(
      Type.String({
        maxLength: 100,
        description: 'Goes on with the rotation to this key, and begins no other once it has ended.',
      }),
    ),
  },
  { additionalProperties: false },
)

export const VaultRotationProgress = Type.Object({
  key_id: Type.String({ description: 'The key that seals from now on.' }),
  state: Type.Enum(['running', 'done', 'stuck'], {
    description: 'running: ask again. stuck: some stored values do not open, and the keys they were sealed with stay for them.',
  }),
  resealed: Type.Integer({ description: 'Stored values sealed anew by this request.' }),
  remaining: Type.Integer({ description: 'Stored values that older keys still hold.' }),
  retired: Type.Integer({ description: 'Older keys removed by this request.' }),
  unopenable: Type.Array(Type.String(), { description: 'What does not open, by table and id.' }),
})
