import { describe, expect, expectTypeOf, test, vi } from 'vitest'
import {
  defineCommand,
  defineConnector,
  documentOf,
  executeDefinition,
  fail,
  normalizeOutcome,
  runMock,
  type SecretText,
  succeed,
  t,
} from './index.ts'

class WidgetError extends Error {
  readonly status: number
  constructor(status: number) {
    super(`status ${status}`)
    this.status = status
  }
}

const widget = defineConnector({
  name: 'widget',
  version: '1.0.0',
  description: 'Widgets.',
  connectionConfig: {
    baseUrl: t.string({ required: true }),
    apiKey: t.secret({ required: true }),
    region: t.select(['eu', 'us'], { default: 'eu' }),
    note: t.string(),
  },
  defaultCommand: 'listWidgets',
  errorMap: (error) =>
    error instanceof WidgetError ? { error: `Widget API error (${error.status})`, diagnostics: { status: error.status } } : null,
  commands: (defineCommand) => ({
    listWidgets: defineCommand({
      description: 'List widgets.',
      effect: 'read',
      params: {
        limit: t.number({ default: 50 }),
        since: t.date(),
        sort: t.select(['name', 'age']),
        filter: t.raw<{ a: string }>(),
      },
      outputs: ['widgets', 'total'],
      mock: {
        default: () => succeed({ payload: { widgets: [{ id: 1 }], total: 1 } }),
        empty: ({ params }) => ({ payload: { widgets: [], limit: params.limit } }),
      },
      async handler({ params, connection, http }) {
        // What the compiler knows, without a type being written down.
        expectTypeOf(params.limit).toEqualTypeOf<number>()
        expectTypeOf(params.since).toEqualTypeOf<string | undefined>()
        expectTypeOf(params.sort).toEqualTypeOf<'name' | 'age' | undefined>()
        expectTypeOf(params.filter).toEqualTypeOf<{ a: string } | undefined>()
        expectTypeOf(connection.baseUrl).toEqualTypeOf<string>()
        expectTypeOf(connection.apiKey).toEqualTypeOf<SecretText>()
        expectTypeOf(connection.region).toEqualTypeOf<'eu' | 'us'>()
        expectTypeOf(connection.note).toEqualTypeOf<string | undefined>()
        // @ts-expect-error there is no such param
        expect(params.nope).toBeUndefined()
        // @ts-expect-error there is no such field of the connection
        expect(connection.nope).toBeUndefined()
        const { isSuccessful, status, body } = await http({
          url: `${connection.baseUrl}/widgets`,
          query: { limit: params.limit },
          auth: { type: 'bearer', token: connection.apiKey },
        })
        if (!isSuccessful) return fail({ error: `Widget API returned ${status}`, diagnostics: { status } })
        return succeed({ payload: { widgets: body }, variables: { widgetCount: 2 } })
      },
    }),
    rename: defineCommand({
      description: 'Rename a widget.',
      params: { id: t.string({ required: true }), name: t.string({ required: true }) },
      deprecated: 'Use update.',
      handler: ({ params }) => {
        if (params.id === 'gone') throw new WidgetError(410)
        if (params.id === 'broken') throw new Error('out of paint')
        return { payload: { renamed: params.name } }
      },
    }),
  }),
})

const connectorConfig = { baseUrl: 'https://w.example', apiKey: 'k' }
const run = (config: Record<string, unknown>, host = {}) =>
  executeDefinition(widget, { config, connectorConfig, variables: {}, stepId: 's', runId: 'r' }, host)

describe('a connector as code, without a server (F3, F7)', () => {
  test('runs a command with defaults filled in, and gives its outcome', async () => {
    const http = vi.fn(async () => ({ status: 200, isSuccessful: true, headers: {}, body: [1, 2] }))
    expect(await run({ command: 'listWidgets' }, { http })).toEqual({
      success: true,
      payload: { widgets: [1, 2] },
      variables: { widgetCount: 2 },
    })
    expect(http).toHaveBeenCalledWith({
      url: 'https://w.example/widgets',
      query: { limit: 50 },
      auth: { type: 'bearer', token: 'k' },
    })
  })

  test('runs the default command when none is named (F5)', async () => {
    const http = async () => ({ status: 503, isSuccessful: false, headers: {}, body: null })
    expect(await run({ limit: 1 }, { http })).toEqual({
      success: false,
      error: 'Widget API returned 503',
      diagnostics: { status: 503 },
    })
  })

  test('names every required field that is missing, of params and of the connection (F3)', async () => {
    expect(await run({ command: 'rename', id: '' })).toEqual({
      success: false,
      error: 'Missing required field(s): id, name',
      diagnostics: { missing: ['id', 'name'] },
    })
    const bare = { config: {}, connectorConfig: {}, variables: {}, stepId: 's', runId: 'r' }
    expect((await executeDefinition(widget, bare)).error).toBe('Missing required field(s) of the connection: baseUrl, apiKey')
  })

  test('maps what is thrown, and otherwise tells its message (F4)', async () => {
    expect(await run({ command: 'rename', id: 'gone', name: 'x' })).toEqual({
      success: false,
      error: 'Widget API error (410)',
      diagnostics: { status: 410 },
    })
    expect(await run({ command: 'rename', id: 'broken', name: 'x' })).toEqual({ success: false, error: 'out of paint' })
  })

  test('runs a deprecated command and warns (F13)', async () => {
    const warn = vi.fn()
    const logger = { debug() {}, info() {}, warn, error() {} }
    expect(await run({ command: 'rename', id: '1', name: 'x' }, { logger })).toEqual({ success: true, payload: { renamed: 'x' } })
    expect(warn).toHaveBeenCalledWith('rename of widget is deprecated', { instead: 'Use update.' })
  })

  test('answers from mock scenarios by name (F6)', async () => {
    expect(await runMock(widget, { command: 'listWidgets' })).toEqual({
      success: true,
      payload: { widgets: [{ id: 1 }], total: 1 },
    })
    expect(await runMock(widget, {}, 'empty')).toEqual({ success: true, payload: { widgets: [], limit: 50 } })
    expect(await runMock(widget, { command: 'rename', id: '1', name: 'x' })).toBeNull()
    expect(await runMock(widget, {}, 'constructor')).toBeNull()
  })

  test('refuses a definition that contradicts itself', () => {
    const command = defineCommand({ description: '', handler: () => succeed() })
    const about = { name: 'x', version: '1.0.0', description: '', commands: { command } }
    expect(() => defineConnector({ ...about, defaultCommand: 'other' })).toThrow(/no command/)
    expect(() => defineConnector({ ...about, name: 'Not a slug' })).toThrow(/no name of a connector/)
    expect(() => defineConnector({ ...about, connectionConfig: { key: t.secret() }, auth: { b: { type: 'bearer' } } })).toThrow(
      /secret/,
    )
  })
})

test('a command in a file of its own knows the fields it was given', () => {
  const fields = { host: t.string({ required: true }) }
  defineCommand(fields, {
    description: '',
    params: { n: t.number() },
    handler({ params, connection }) {
      expectTypeOf(connection.host).toEqualTypeOf<string>()
      expectTypeOf(params.n).toEqualTypeOf<number | undefined>()
      return succeed()
    },
  })
  // @ts-expect-error a handler has to return something
  defineCommand({ description: '', async handler() {} })
})

test.each([
  ['succeed()', succeed(), { success: true }],
  ['succeed with both slots', succeed({ payload: 1, variables: { a: 1 } }), { success: true, payload: 1, variables: { a: 1 } }],
  ['a plain payload', { payload: { a: 1 } }, { success: true, payload: { a: 1 } }],
  ['an object of neither', { id: 1 }, { success: true }],
  [
    'fail()',
    fail({ error: 'no', diagnostics: { a: 1 }, variables: { f: true } }),
    { success: false, error: 'no', diagnostics: { a: 1 }, variables: { f: true } },
  ],
  ['a plain error', { error: 'no' }, { success: false, error: 'no' }],
  ['a whole result without an error', { success: false }, { success: false }],
  ['diagnostics of a success, dropped', { success: true, payload: 1, diagnostics: { a: 1 } }, { success: true, payload: 1 }],
  ['nothing', undefined, { success: true }],
  ['a text', 'done', { success: true }],
  ['a list', [1], { success: true }],
])('accepts %s as an outcome (F4)', (_, returned, outcome) => {
  expect(normalizeOutcome(returned)).toEqual(outcome)
})

test('a definition says what its connector file holds (F9)', () => {
  expect(documentOf(widget)).toMatchObject({
    description: 'Widgets.',
    auth: { secrets: { type: 'secrets', fields: { apiKey: { required: true } } } },
    fields: {
      baseUrl: { type: 'string', required: true },
      region: { enum: ['eu', 'us'], default: 'eu' },
      note: { type: 'string' },
    },
    actions: {
      listWidgets: {
        effect: 'read',
        input: { properties: { limit: { type: 'number', default: 50 }, since: { format: 'date' } }, additionalProperties: false },
        output: { properties: { widgets: true, total: true } },
      },
      rename: { effect: 'write', deprecated: true, deprecated_message: 'Use update.', input: { required: ['id', 'name'] } },
    },
  })
})
