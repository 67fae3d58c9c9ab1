import { expect, test } from 'vitest'
import { formValidator } from './validator.ts'

const schema = {
  type: 'object' as const,
  properties: {
    id: { type: 'string' as const },
    tags: { type: 'array' as const, items: { $ref: '#/$defs/Tag' } },
    limit: { type: 'integer' as const, maximum: 10 },
  },
  required: ['id'],
  additionalProperties: false,
  $defs: { Tag: { type: 'string' as const, minLength: 2 } },
}

test('puts a missing field’s error at that field', () => {
  const { errors, errorSchema } = formValidator.validateFormData({}, schema)
  expect(errors.map(({ property, message }) => [property, message])).toEqual([['.id', 'Is required.']])
  expect(errorSchema).toEqual({ id: { __errors: ['Is required.'] } })
})

test('finds the place of an error inside lists, through references', () => {
  const { errors } = formValidator.validateFormData({ id: 'a', tags: ['ok', 'x'] }, schema)
  expect(errors.map(({ property }) => property)).toEqual(['.tags.1'])
})

test('names the expected type, and what the action does not know', () => {
  const { errors } = formValidator.validateFormData({ id: 1, more: true }, schema)
  const messages = Object.fromEntries(errors.map(({ property, message }) => [property, message]))
  expect(messages['.id']).toBe('Must be of type string.')
  expect(messages['.more']).toBe('Is not known to this action.')
})

test('resolves the references of a part against the whole', () => {
  const part = { $ref: '#/$defs/Tag' }
  expect(formValidator.isValid(part, 'long enough', schema)).toBe(true)
  expect(formValidator.isValid(part, 'x', schema)).toBe(false)
})

test('leaves to the gateway what JavaScript cannot read', () => {
  expect(formValidator.isValid({ type: 'string', pattern: '(?<broken' }, 'anything', {})).toBe(true)
})

test('needs no eval, which the page’s content security policy forbids, and does not write into the schema', () => {
  const frozen = Object.freeze({
    type: 'object' as const,
    properties: Object.freeze({ id: Object.freeze({ type: 'string' as const }) }),
  })
  const { Function: original } = globalThis
  try {
    globalThis.Function = (() => {
      throw new Error('eval')
    }) as unknown as FunctionConstructor
    expect(formValidator.isValid(frozen, { id: 'a' }, frozen)).toBe(true)
    expect(formValidator.isValid(frozen, { id: 1 }, frozen)).toBe(false)
  } finally {
    globalThis.Function = original
  }
})
