import { expect, test } from 'vitest'
import type { ChatMessage, ChatToolResult } from '../../api/types.ts'
import { after, mentionAt, mentionedLast, mentionsIn, waitingCalls } from './conversation.ts'

const result = (id: string, call: string, status: 'pending_approval' | 'succeeded'): ChatToolResult => ({
  ...{ id, name: 'crm_add_note', text: status },
  call: { id: call, status, duration_ms: 1 },
})

test('a conversation grows by its events, and the end of a call takes the place of its waiting', () => {
  const asked: ChatMessage = { role: 'assistant', text: '', tool_calls: [{ id: 'a', name: 'crm_add_note', input: {} }] }
  const waiting = [
    { message: asked },
    { result: result('a', 'call_1', 'pending_approval') },
    { result: result('b', 'call_2', 'succeeded') },
  ].reduce(after, [{ role: 'user', text: 'Go.' }] as readonly ChatMessage[])
  expect(waitingCalls(waiting)).toEqual(['call_1'])
  const ended = after(waiting, { result: result('a', 'call_1', 'succeeded') })
  expect(ended).toHaveLength(3)
  expect(ended[2]).toMatchObject({ results: [{ text: 'succeeded' }, { call: { id: 'call_2' } }] })
  expect(waitingCalls(ended)).toEqual([])
})

test('a mention is a name after @ at the beginning of a word, and no address', () => {
  expect(mentionsIn('@crm_get_customer for ada@example.com, then @crm_add_note.')).toEqual(['crm_get_customer', 'crm_add_note'])
  expect(
    mentionedLast([
      { role: 'user', text: '@a_b' },
      { role: 'assistant', text: '@c_d' },
    ]),
  ).toEqual(['a_b'])
  expect(mentionAt('look at @crm_g and', 14)).toEqual({ start: 8, typed: 'crm_g' })
  expect(mentionAt('ada@crm', 7)).toBeNull()
})
