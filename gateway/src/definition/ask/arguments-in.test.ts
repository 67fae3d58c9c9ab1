import { describe, expect, it } from 'vitest'
import { stemOf } from '../search/words.ts'
import { argumentsIn } from './arguments-in.ts'
import { readSentence } from './literals.ts'

const known = new Set(['crm', 'monday'].map(stemOf))
const text = { type: 'string' }
const object = (properties: Record<string, unknown>, required: string[] = []) => ({ type: 'object', properties, required })
const from = (sentence: string, schema: Record<string, unknown>) => argumentsIn(sentence, readSentence(sentence, known), schema)

describe('values in a sentence', () => {
  it.each([
    ['Show "open bills" of \'A B\'', ['quoted open bills', 'quoted A B']],
    ["Look up Ada Lovelace's account", ['name Ada Lovelace']],
    ['Find John Smith in the CRM on Monday', ['name John Smith']],
    ['cus_12345, INV-7, #42 and 3.5', ['id cus_12345', 'id INV-7', 'id #42', 'number 3.5']],
    ['since 2026-01-31 at 2026-01-31T10:00:00Z', ['date 2026-01-31', 'date 2026-01-31T10:00:00Z']],
    ['mail ada@example.com about https://a.example/x?y=1.', ['email ada@example.com', 'url https://a.example/x?y=1']],
    ["Don't list the EUR ones", []],
  ])('%s', (sentence, values) => {
    expect(readSentence(sentence, known).literals.map((one) => `${one.kind} ${one.text}`)).toEqual(values)
  })
})

describe('arguments in a sentence', () => {
  it.each([
    ['find John Smith', object({ query: text, limit: { type: 'integer' } }, ['query']), { query: 'John Smith' }],
    ['the first 5 for "ada"', object({ query: text, limit: { type: 'integer' } }, ['query']), { query: 'ada', limit: 5 }],
    [
      'move 20 from acc_1 to acc_2',
      object({ to_account: text, from_account: text, amount: { type: 'number' } }, ['amount']),
      {
        amount: 20,
        from_account: 'acc_1',
        to_account: 'acc_2',
      },
    ],
    [
      'orders in progress since 2026-01-31',
      object({ state: { enum: ['in_progress', 'progress', 'done'] }, since: { ...text, format: 'date' } }),
      {
        state: 'in_progress',
        since: '2026-01-31',
      },
    ],
    [
      'note "hi" for customer cus_1',
      object({ body: object({ customer_id: text, text }, ['text']) }, ['body']),
      {
        body: { customer_id: 'cus_1', text: 'hi' },
      },
    ],
    ['issue #42', object({ issue_number: { type: 'integer' } }, ['issue_number']), { issue_number: 42 }],
  ])('%s', (sentence, schema, expected) => {
    expect(from(sentence, schema)).toMatchObject({ arguments: expected, missing: [], certain: true })
  })

  it.each([
    ['what a tool needs is not said', 'get the customer', object({ id: text }, ['id']), ['id']],
    ['a name is no id', 'get John Smith', object({ id: text }, ['id']), ['id']],
    ['a value has no place', 'list those of cus_1', object({}), []],
    ['two values could change places', 'a_1 and b_2', object({ one_id: text, other_id: text }, ['one_id', 'other_id']), []],
    ['two values of one list are named', 'open or closed', object({ state: { enum: ['open', 'closed'] } }), []],
    ['the schema refuses it', 'page 900', object({ page: { type: 'integer', maximum: 100 } }, ['page']), []],
  ])('are not certain when %s', (_why, sentence, schema, missing) => {
    expect(from(sentence, schema)).toMatchObject({ certain: false, missing })
  })
})
