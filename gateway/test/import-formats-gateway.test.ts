import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { buildSchema, graphql } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** What is imported from other formats than OpenAPI is called as its source shows, at a real server. */

let gateway: GatewayProcess
let api: Server
let origin: string
const asked: { method: string | undefined; url: string | undefined; headers: IncomingMessage['headers']; body: string }[] = []

const schema = buildSchema(`
  type Query { user(id: ID!): User }
  type Mutation { rename(id: ID!, name: String!): User }
  type User { id: ID! name: String }
`)
const rootValue = {
  user: ({ id }: { id: string }) => {
    if (id === 'none') throw new Error('there is no such user')
    return { id, name: 'Ada' }
  },
  rename: (input: { id: string; name: string }) => input,
}

beforeAll(async () => {
  gateway = await startGatewayProcess()
  api = createServer((request, response) => {
    const answer = async () => {
      const body = await text(request)
      asked.push({ method: request.method, url: request.url, headers: request.headers, body })
      const { pathname, searchParams } = new URL(request.url ?? '/', origin)
      response.setHeader('content-type', 'application/json')
      if (pathname !== '/graphql') return response.end('{"ok": true}')
      const { query, variables, operationName } =
        request.method === 'POST' ? JSON.parse(body) : { query: searchParams.get('query') ?? '' }
      return response.end(
        JSON.stringify(await graphql({ schema, rootValue, source: query, variableValues: variables, operationName })),
      )
    }
    answer().catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  api.listen(0, '127.0.0.1')
  await once(api, 'listening')
  origin = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
})

afterAll(async () => {
  api?.close()
  await gateway?.stop()
  if (gateway !== undefined) await removeDataDir(gateway.dataDir)
})

test('a GraphQL endpoint is imported from its address and called; errors with status 200 are a failure, and done', async () => {
  const client = gateway.client()
  const { actions, report } = await client.connectors.create({ url: `${origin}/graphql`, connector: 'users' })
  expect(actions).toEqual(['user', 'rename'])
  expect(report?.format).toBe('GraphQL introspection')
  await client.connections.create({ connector: 'users', auth: { scheme: 'bearer', fields: { token: 'token-of-ada' } } })
  const call = (action: string, input: object) => client.calls.create({ connector: 'users', action, input: { ...input } })
  expect(await call('user', { id: '1' })).toMatchObject({ success: true, payload: { id: '1', name: 'Ada' } })
  expect(asked.at(-1)?.headers.authorization).toBe('Bearer token-of-ada')
  expect(await call('user', { id: '1', fields: 'name' })).toMatchObject({ payload: { name: 'Ada' } })
  expect(await call('rename', { id: '1', name: '"} { x }' })).toMatchObject({ payload: { id: '1', name: '"} { x }' } })
  const before = asked.length
  await expect(call('user', { id: 'none' })).rejects.toMatchObject({
    code: 'UPSTREAM_ERROR',
    detail: expect.stringContaining('says in the answer that it failed'),
    diagnostics: { upstream_status: 200, upstream_body: { errors: [{ message: 'there is no such user' }] } },
  })
  expect(asked.length).toBe(before + 1)
  await expect(call('user', { id: '1', fields: 'id } rename(id: 1, name: "x") { id' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
  expect(asked.length).toBe(before + 1)
})

test('a curl command is imported and called with what it fixes and what the caller gives, without its own credential', async () => {
  const client = gateway.client()
  const command = `curl -X POST ${origin}/v1/users/17/notes?notify=true -H 'Authorization: Token do-not-keep' -H 'Acme-Version: 7' --json '{"text":"hi"}'`
  const { actions } = await client.connectors.create({ text: command, connector: 'notes' })
  expect(actions).toEqual(['post_v1_users_user_id_notes'])
  expect(JSON.stringify(await client.connectors.get('notes'))).not.toContain('do-not-keep')
  await client.connections.create({ connector: 'notes', auth: { fields: { key: 'key-of-ada' } } })
  const input = { user_id: 5, notify: false, text: 'a "b"' }
  expect(await client.calls.create({ connector: 'notes', action: 'post_v1_users_user_id_notes', input })).toMatchObject({
    success: true,
  })
  expect(asked.at(-1)).toMatchObject({
    method: 'POST',
    url: '/v1/users/5/notes?notify=false',
    headers: { authorization: 'Token key-of-ada', 'acme-version': '7', 'content-type': 'application/json' },
    body: '{"text":"a \\"b\\""}',
  })
})

test('a Postman collection asks the connection for its settings and sends them', async () => {
  const client = gateway.client()
  const request = { method: 'GET', url: '{{base}}/things/:id', header: [{ key: 'X-Tenant', value: '{{tenant}}' }] }
  const variable = [
    { key: 'base', value: origin },
    { key: 'tenant', value: 'acme' },
  ]
  await client.connectors.create({ spec: { info: { name: 'Things' }, item: [{ name: 'Get thing', request }], variable } })
  await client.connections.create({ connector: 'things', auth: { fields: {} }, settings: { tenant: 'other' } })
  expect(await client.calls.create({ connector: 'things', action: 'get_thing', input: { id: 'a/b' } })).toMatchObject({
    success: true,
  })
  expect(asked.at(-1)).toMatchObject({ url: '/things/a%2Fb', headers: { 'x-tenant': 'other' } })
})
