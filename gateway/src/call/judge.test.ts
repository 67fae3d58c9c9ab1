import { describe, expect, test } from 'vitest'
import type { ApprovalRule } from '../toolset.ts'
import { type CallFacts, judge } from './judge.ts'

const plain: CallFacts = {
  effect: 'write',
  confirm: false,
  toolset: null,
  policy: null,
  input: {},
  url: 'https://api.example.com/v1/payments/1',
  body: undefined,
}
const judged = (facts: Partial<CallFacts>) => {
  const { asks, risk, rulings } = judge({ ...plain, ...facts })
  return { asks, risk, because: rulings.filter((ruling) => ruling.asks).map(({ rule }) => rule) }
}
const runs = { asks: false, risk: 'low', because: [] }

describe('a call runs without a person only when no rule asks', () => {
  test('the action, the toolset and the connection each are enough', () => {
    expect(judged({})).toEqual(runs)
    expect(judged({ confirm: true })).toEqual({ asks: true, risk: 'medium', because: ['action'] })
    expect(judged({ toolset: { slug: 'a', approval: 'writes' } })).toMatchObject({ because: ['toolset'] })
    expect(judged({ policy: { rule: 'writes' } })).toMatchObject({ because: ['connection'] })
  })

  test('a rule that asks for nothing takes nothing from one that asks', () => {
    const lax = { toolset: { slug: 'a', approval: 'never' }, policy: { rule: 'never' } } as const
    expect(judged({ ...lax, confirm: true })).toEqual({ asks: true, risk: 'medium', because: ['action'] })
    expect(judged({ ...lax, toolset: { slug: 'a', approval: 'always' } })).toMatchObject({ because: ['toolset'] })
  })

  test('every rule is told, also those that do not ask', () => {
    const policy = { rule: 'destructive', over_items: 5, over_bytes: 100, targets: ['https://api.example.com/v2/*'] } as const
    const { asks, rulings } = judge({ ...plain, toolset: { slug: 'a', approval: 'never' }, policy })
    expect(asks).toBe(false)
    expect(rulings.map(({ rule }) => rule)).toEqual(['action', 'toolset', 'connection', 'items', 'bytes', 'target'])
  })

  test('a rule of a later version asks', () => {
    expect(judged({ effect: 'read', policy: { rule: 'sometimes' as ApprovalRule } })).toMatchObject({ asks: true })
  })
})

describe('what is destroyed or large is of high risk', () => {
  test('a destructive action, whoever asks', () => {
    expect(judged({ effect: 'destructive', confirm: true })).toMatchObject({ risk: 'high' })
    expect(judged({ effect: 'destructive', policy: { rule: 'destructive' } })).toMatchObject({ risk: 'high' })
  })

  test('more items than the connection lets through, however deep the list, at the very bound', () => {
    const policy = { rule: 'never', over_items: 3 } as const
    const list = (length: number) => ({ a: [{ ids: Array.from({ length }, (_, n) => n) }] })
    expect(judged({ policy, input: list(3) })).toEqual(runs)
    expect(judged({ policy, input: list(4) })).toEqual({ asks: true, risk: 'high', because: ['items'] })
    let deep: unknown = []
    for (let n = 0; n < 300; n++) deep = [deep]
    expect(judged({ policy, input: deep })).toMatchObject({ because: ['items'] })
  })

  test('more bytes, counted as they are sent', () => {
    const policy = { rule: 'never', over_bytes: 4 } as const
    expect(judged({ policy })).toEqual(runs)
    expect(judged({ policy, body: 'abcd' })).toEqual(runs)
    expect(judged({ policy, body: 'äöü' })).toMatchObject({ because: ['bytes'], risk: 'high' })
    expect(judged({ policy, body: new Uint8Array(5) })).toMatchObject({ because: ['bytes'] })
    expect(judged({ policy, url: null, input: { a: 1 } })).toMatchObject({ because: ['bytes'] })
  })

  test('a call to one of its targets, and one whose target is not known', () => {
    const policy = { rule: 'never', targets: ['https://api.example.com/v1/payments/*'] } as const
    expect(judged({ policy })).toEqual({ asks: true, risk: 'high', because: ['target'] })
    expect(judged({ policy, url: 'https://api.example.com/v1/notes' })).toEqual(runs)
    expect(judged({ policy, url: null })).toMatchObject({ because: ['target'] })
    expect(judged({ policy: { rule: 'never', targets: ['not a pattern'] } })).toMatchObject({ because: ['target'] })
  })
})
