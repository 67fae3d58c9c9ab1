import { readFileSync } from 'node:fs'
import { Validator } from '@cfworker/json-schema'
import { describe, expect, test } from 'vitest'
import { SallyportError } from '../../errors.ts'
import { workflowJsonSchema } from './document.ts'
import { parseWorkflow } from './parse.ts'
import { nextTime } from './schedule.ts'
import { fill } from './template.ts'

const intake = `workflow: intake
name: Order intake
slots:
  crm: {connector: crm}
  shop: {connector: shop}
trigger:
  webhook: {signature: {scheme: github}, dedupe: "{{trigger.body.id}}"}
steps:
  - id: find
    call: {slot: crm, action: find_contact, input: {email: "{{trigger.body.email}}"}}
    outputKey: contact
    variables: [total]
  - id: known
    if: total > 0
    then:
      - {id: note_known, transform: "'known'", outputKey: note}
    else:
      - {id: note_new, transform: "'new'", outputKey: note}
  - id: each
    for_each: "{{contact.orders}}"
    as: order
    concurrency: 3
    steps:
      - id: pay
        call: {slot: shop, action: pay, input: {order: "{{order.id}}", note: "{{note}} {{total}}"}}
        outputKey: paid
    collect: "{{paid.id}}"
    outputKey: payments
  - id: both
    parallel:
      left: [{id: wait_a, wait: {for: 2s}}]
      right: [{id: ask, approval: {message: "Pay {{payments}}?"}, outputKey: decision}]
  - id: tell
    call: {slot: crm, action: tell, input: {text: "{{decision.by}}"}}
    on_error: [{id: give_up, transform: "error.code", outputKey: why}]
output: {paid: "{{payments}}", why: "{{why}}"}
`

/** What is wrong with a file: its sentence, and where it stands. */
function refusal(source: unknown): { detail: string; paths: readonly string[] } {
  try {
    parseWorkflow(source)
  } catch (error) {
    if (!(error instanceof SallyportError) || error.code !== 'INVALID_INPUT') throw error
    const errors = error.diagnostics?.errors as readonly { path: string }[]
    return { detail: error.detail, paths: errors.map(({ path }) => path) }
  }
  throw new Error('the file was accepted')
}

test('takes a workflow that uses every kind of scope, as text and as a value', () => {
  const document = parseWorkflow(intake)
  expect(document.steps).toHaveLength(5)
  expect(parseWorkflow(structuredClone(document))).toEqual(document)
})

test('the committed workflow.schema.json is the schema of the code, and judges as the gateway does', () => {
  const committed = readFileSync(new URL('../../../workflow.schema.json', import.meta.url), 'utf8')
  expect(JSON.parse(committed), 'run `npm run generate` and commit it').toEqual(workflowJsonSchema())
  const editor = new Validator({ ...workflowJsonSchema() }, '2020-12', false)
  const document = parseWorkflow(intake)
  expect(editor.validate(document).errors).toEqual([])
  expect(editor.validate({ ...document, steps: [{ id: 'a', cal: {} }] }).valid).toBe(false)
})

describe('tells the line and the fix of', () => {
  const cases: readonly (readonly [string, readonly [string, string], RegExp])[] = [
    ['an unknown kind of step', ['wait: {for: 2s}', 'sleep: 2'], /Line \d+: .*sleep/],
    [
      'a step without a kind',
      [', wait: {for: 2s}', ''],
      /^Line 31: steps.*says nothing to do; a step has exactly one of call, if/,
    ],
    [
      'two kinds in one',
      ['wait: {for: 2s}', 'wait: {for: 2s}, transform: "1"'],
      /says wait and transform; a step has exactly one/,
    ],
    [
      'a slot that is not declared',
      ['slot: shop, action', 'slot: shp, action'],
      /^Line 25: .*"shp" is not in slots; did you mean "shop"\?/,
    ],
    [
      'a missing reference',
      ['{{contact.orders}}', '{{contacts.orders}}'],
      /^Line 20: .*reads "contacts", which no step before it sets; did you mean "contact"\?/,
    ],
    ['what only a later step sets', ['{{note}} {{total}}', '{{why}}'], /reads "why", which no step before it sets/],
    ['an item outside of its loop', ['{{decision.by}}', '{{order.id}}'], /reads "order", which no step before it sets/],
    [
      'an output key that is set twice',
      ['outputKey: payments', 'outputKey: contact'],
      /sets "contact", which another step before it sets/,
    ],
    ['a variable that is an output key', ['variables: [total]', 'variables: [contact]'], /sets "contact", which another step/],
    ['an output key that means something else', ['outputKey: payments', 'outputKey: trigger'], /must not be "trigger"/],
    ['an id that is taken', ['id: tell', 'id: find'], /"find" is taken by another step/],
    [
      'a part of another kind',
      ['id: both', 'id: both\n    collect: 1'],
      /collect is for steps with for_each, and this one has parallel/,
    ],
    ['a placeholder that is no path', ['{{order.id}}', '{{order.id + 1}}'], /which is no name with members/],
    ['a loop over a text', ['"{{contact.orders}}"', 'orders'], /must be one placeholder for a list/],
    ['a time that is none', ['for: 2s', 'for: soon'], /for must match|wait/],
    ['a workflow that runs itself', ['wait: {for: 2s}', 'workflow: {workflow: intake}'], /is this workflow itself/],
    ['YAML that is none', ['steps:', 'steps: ['], /Line \d+: This is not valid YAML/],
  ]
  test.each(cases)('%s', (_what, [part, instead], sentence) => {
    expect(intake).toContain(part)
    expect(refusal(intake.replace(part, instead)).detail).toMatch(sentence)
  })

  test('a schedule that never comes, in a zone there is not, or by the second', () => {
    const scheduled = (schedule: object) => ({
      workflow: 'w',
      name: 'W',
      trigger: { schedule },
      steps: [{ id: 'a', transform: '1' }],
    })
    expect(refusal(scheduled({ cron: '61 * * * *' })).paths).toEqual(['/trigger/schedule/cron'])
    expect(refusal(scheduled({ cron: '* * * * *', timezone: 'Europe/Atlantis' })).detail).toContain('write it as Europe/Prague')
    expect(refusal(scheduled({ cron: '* * * * * *' })).detail).toContain('five fields')
  })

  test('steps without end: too deep, and too many', () => {
    let step: object = { id: 'last', transform: '1' }
    for (let depth = 0; depth < 9; depth++)
      step = { id: `s${depth}`, for_each: '{{trigger.list}}', as: `i${depth}`, steps: [step] }
    expect(refusal({ workflow: 'w', name: 'W', steps: [step] }).detail).toContain('nested deeper than 8')
    const branch = (name: string) => Array.from({ length: 150 }, (_, index) => ({ id: `${name}${index}`, transform: '1' }))
    const many = { id: 'many', parallel: { a: branch('a'), b: branch('b') } }
    expect(refusal({ workflow: 'w', name: 'W', steps: [many] }).detail).toContain('at most 200')
  })
})

test('a template reads members and items by name, and leaves out what is absent', () => {
  const values = { order: { items: [{ id: 7 }], 'a b': 'x' } }
  expect(fill({ id: '{{order.items[0].id}}', text: 'no {{order.items[0].id}}', gone: '{{order.items[1].id}}' }, values)).toEqual({
    id: 7,
    text: 'no 7',
  })
  expect(fill('{{order["a b"]}}', values)).toBe('x')
  expect(fill('{{order.constructor}}', values)).toBeUndefined()
})

test('a schedule keeps its hour when the clocks change', () => {
  const nine = { cron: '0 9 * * *', timezone: 'Europe/Prague' }
  // The night to 29 March 2026 loses an hour there.
  expect(nextTime(nine, Date.parse('2026-03-28T09:00:00Z'))).toBe(Date.parse('2026-03-29T07:00:00Z'))
  expect(nextTime(nine, Date.parse('2026-10-24T08:00:00Z'))).toBe(Date.parse('2026-10-25T08:00:00Z'))
})
