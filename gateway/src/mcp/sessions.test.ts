import { Server } from '@modelcontextprotocol/server'
import { expect, it } from 'vitest'
import type { Caller } from '../caller.ts'
import { Live } from './live.ts'
import { Sessions } from './sessions.ts'
import { Visit } from './visit.ts'

const caller = { kind: 'token', id: 'tok_1', workspaceId: 'ws_1' } as unknown as Caller
const visit = new Visit(caller, { kind: 'none' }, '127.0.0.1')
const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
}

function setUp(accept = 'application/json, text/event-stream') {
  let now = 0
  const clock = { now: () => now, monotonic: () => now }
  const build = () => {
    const server = new Server({ name: 'test', version: '1' }, { capabilities: { tools: {} } })
    server.setRequestHandler('tools/call', () => new Promise(() => {}))
    return server
  }
  const sessions = new Sessions(build, clock, { max: 10, idleMs: 1000 }, new Live({ authenticate: async () => caller }))
  const send = (body: object, id?: string, signal?: AbortSignal) => {
    const headers = { 'content-type': 'application/json', accept, ...(id === undefined ? {} : { 'mcp-session-id': id }) }
    return sessions.handle(
      new Request('http://gateway/mcp', { method: 'POST', headers, ...(signal === undefined ? {} : { signal }) }),
      body,
      visit,
    )
  }
  const open = async () => String((await send(initialize)).headers.get('mcp-session-id'))
  const ping = (id: string) => send({ jsonrpc: '2.0', id: 2, method: 'ping' }, id).then(({ status }) => status)
  return { sessions, send, open, ping, pass: (ms: number) => (now += ms) }
}

it('closes sessions that were idle for too long, and no others', async () => {
  const { sessions, open, ping, pass } = setUp()
  const [stale, used] = [await open(), await open()]
  pass(600)
  expect(await ping(used)).toBe(200)
  pass(600)
  sessions.sweep()
  expect(await ping(used)).toBe(200)
  expect(await ping(stale)).toBe(404)
  expect(sessions.size).toBe(1)
})

it('keeps nothing of a handshake that failed', async () => {
  const { sessions, send } = setUp('text/html')
  expect((await send(initialize)).status).toBe(406)
  expect(sessions.size).toBe(0)
})

it('stops waiting for an answer when the client has gone', async () => {
  const { sessions, send, open, pass } = setUp()
  const id = await open()
  const left = new AbortController()
  const call = send({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'never_answers' } }, id, left.signal)
  pass(2000)
  sessions.sweep()
  expect(sessions.size).toBe(1)
  left.abort()
  expect((await call).status).toBe(499)
  pass(2000)
  sessions.sweep()
  expect(sessions.size).toBe(0)
})
