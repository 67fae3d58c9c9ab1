import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import description from '../openapi.json' with { type: 'json' }
import { type Entrance, knowsOne, openEntrance } from './http-harness.ts'

interface Operation {
  readonly operationId?: string
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly security?: readonly object[]
  readonly parameters?: readonly { readonly in: string; readonly name: string }[]
  readonly responses: Readonly<
    Record<string, { readonly description?: string; readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >
}

const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    path,
    method,
    name: `${method.toUpperCase()} ${path}`,
    operation: operation as Operation,
  })),
)

let entrance: Entrance
beforeAll(async () => {
  entrance = await openEntrance({ access: knowsOne })
})
afterAll(() => entrance.close())

describe('the description of the API', () => {
  test('and everything else that is generated is as the code says', async () => {
    const script = fileURLToPath(new URL('../../scripts/generate.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [script, '--check'])
    expect(stdout).toContain('up to date')
  })

  test('is served by the gateway, at its own version', async () => {
    const { json } = await entrance.ask('/openapi.json')
    expect(json.paths).toEqual(description.paths)
    expect(json.components).toEqual(description.components)
    expect(json.info).toEqual({ ...description.info, version: '1.2.3' })
  })

  test('has every route of the API', () => {
    const served = entrance.app
      .printRoutes({ commonPrefix: false })
      .split('\n')
      .filter((line) => line.includes('('))
    // A tree of path segments: the leaves under api/v1 are counted, HEAD comes with GET.
    const methods = served
      .flatMap((line) => /\(([A-Z, ]+)\)/.exec(line)?.[1]?.split(', ') ?? [])
      .filter((method) => method !== 'HEAD')
    // The authorization server, whose paths are those of the RFCs, the page that providers send people back to, our own document as a client, and the page of a link.
    const metadata = ['oauth-authorization-server', 'oauth-protected-resource/mcp', 'oauth-protected-resource/mcp/:toolset']
    const protocol = [
      ...metadata,
      'oauth/register',
      'oauth/token',
      'oauth/revoke',
      'oauth/callback',
      'oauth/client.json',
      'GET oauth/consent',
      'POST oauth/consent',
    ]
    const hidden = [
      'GET /api/v1/networks/agent',
      'GET /',
      'GET /healthz',
      'GET /readyz',
      'GET /metrics',
      'GET /openapi.json',
      'GET /connector.schema.json',
      'GET /workflow.schema.json',
      'POST /hooks',
    ]
    expect(methods).toHaveLength(operations.length + hidden.length + protocol.length)
  })

  test('names every operation once', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z][a-zA-Z]+$/)
  })

  test.each(operations)('says of $name what it does, answers, and who may ask', ({ path, operation }) => {
    expect(operation.summary).toMatch(/^[A-Z].{5,}[^.]$/)
    const tags = description.tags.map(({ name }) => name)
    expect(operation.tags?.every((tag) => tags.includes(tag))).toBe(true)
    const successes = Object.keys(operation.responses).filter((status) => /^[23]/.test(status))
    expect(successes.length).toBeGreaterThan(0)
    for (const status of successes) expect(operation.responses[status]?.description).not.toBe('Default Response')
    for (const status of ['4XX', '5XX']) {
      expect(operation.responses[status]?.content).toEqual({
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      })
    }
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    expect(operation.parameters?.filter((parameter) => parameter.in === 'path').map(({ name }) => name) ?? []).toEqual(inPath)
  })

  test('names the operations that anyone may ask', () => {
    const open = operations
      .filter(({ operation }) => operation.security?.length === 0)
      .map(({ operation }) => operation.operationId)
    expect(open.sort()).toEqual(
      [
        ...[
          'getConnectorSchema',
          'getHealth',
          'getOpenApi',
          'getReadiness',
          'getSession',
          'getWorkflowSchema',
          'setUp',
          'signIn',
          'signOut',
        ],
        ...['beginSingleSignOn', 'endSingleSignOn', 'sendSecondFactor', 'requestRecovery', 'setPassword'],
        ...['join', 'lookAtInvitation', 'openApprovalLink'],
      ].sort(),
    )
  })

  test('resolves all its references', () => {
    const names = [...JSON.stringify(description).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name ?? '',
    )
    expect(JSON.stringify(description).match(/"\$ref"/g)).toHaveLength(names.length)
    for (const name of names) expect(description.components.schemas).toHaveProperty(name)
  })
})

describe('operations that need a caller', () => {
  const closed = operations.filter(({ operation }) => operation.security === undefined)

  test.each(closed)('$name is refused to strangers', async ({ path, method }) => {
    const answer = await entrance.ask(path.replace('{id}', 'x'), { method: method.toUpperCase() })
    expect(answer).toMatchObject({ status: 401, json: { code: 'UNAUTHENTICATED' } })
  })
})
