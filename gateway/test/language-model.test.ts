import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ConfigError, parseConfig } from '../src/config.ts'
import { createEgress } from '../src/egress/egress.ts'
import { createFetch } from '../src/egress/fetch.ts'
import type { Egress } from '../src/egress/types.ts'
import { createLanguageModel } from '../src/language-model/language-model.ts'
import type { LanguageModel, ModelRequest } from '../src/language-model/types.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'

let server: ModelServer
let egress: Egress

const open = (env: Readonly<Record<string, string>>, timeoutMs?: number): LanguageModel => {
  const config = parseConfig({ ...server.env, ...env }).languageModel
  if (config === undefined) throw new Error('not configured')
  return createLanguageModel(config, (bounds) =>
    createFetch(egress, { door: 'language_model', ...bounds, ...(timeoutMs && { timeoutMs }) }),
  )
}

beforeAll(() => {
  egress = createEgress({ allow: ['127.0.0.1/32'] })
})
afterAll(() => egress.close())
beforeEach(async () => {
  server = await startModelServer()
  return () => server.stop()
})

const ask = (text: string, more: Partial<ModelRequest> = {}): ModelRequest => ({
  workspaceId: 'ws_1',
  system: 'Be brief.',
  messages: [{ role: 'user', text }],
  ...more,
})
const weather = {
  name: 'weather',
  description: 'The weather of a city.',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

describe('settings', () => {
  test('there is no model by default', () => {
    expect(parseConfig({}).languageModel).toBeUndefined()
  })

  test.each([
    [{ SALLYPORT_MODEL_URL: 'https://models.example/v1' }, 'SALLYPORT_MODEL '],
    [{ SALLYPORT_MODEL: 'm' }, 'SALLYPORT_MODEL_URL '],
    [{ SALLYPORT_MODEL: 'm', SALLYPORT_MODEL_URL: 'file:///etc/passwd' }, 'SALLYPORT_MODEL_URL '],
    [{ SALLYPORT_MODEL: 'm', SALLYPORT_MODEL_URL: 'https://key@models.example/v1' }, 'SALLYPORT_MODEL_URL '],
    [{ SALLYPORT_MODEL: 'm', SALLYPORT_MODEL_PROVIDER: 'other' }, 'SALLYPORT_MODEL_PROVIDER '],
  ])('%j is refused by its name', (env, name) => {
    expect(() => parseConfig(env)).toThrow(ConfigError)
    expect(() => parseConfig(env)).toThrow(new RegExp(`^${name}must be`))
  })

  test("Anthropic's own endpoint needs no URL, and the key shows nowhere", () => {
    const { languageModel } = parseConfig({
      SALLYPORT_MODEL: 'm',
      SALLYPORT_MODEL_PROVIDER: 'anthropic',
      SALLYPORT_MODEL_KEY: 'k-1',
    })
    expect(languageModel?.url).toBe('https://api.anthropic.com/v1')
    expect(inspect(languageModel, { depth: 9 }) + JSON.stringify(languageModel)).not.toContain('k-1')
  })
})

describe.each([
  ['openai-compatible', '/v1/chat/completions', 'authorization', (key: string) => `Bearer ${key}`],
  ['anthropic', '/v1/messages', 'x-api-key', (key: string) => key],
])('a model that speaks %s', (provider, path, header, value) => {
  const env = { SALLYPORT_MODEL_PROVIDER: provider }

  test('answers in words, asked with the key and the name of the model', async () => {
    server.play('Hello back.')
    const answer = await open(env).generate(ask('Hello.'))
    expect(answer).toEqual({
      text: 'Hello back.',
      tool_calls: [],
      finish: 'stop',
      usage: { input_tokens: 11, output_tokens: 7 },
    })
    expect(server.requests).toMatchObject([{ path, headers: { [header]: value(server.key) }, body: { model: 'scripted' } }])
    expect(JSON.stringify(server.requests[0]?.body)).toContain('Be brief.')
  })

  test('calls tools, and reads what came of the calls', async () => {
    server.play({ calls: [{ name: 'weather', input: { city: 'Oslo' } }], text: 'I look.' }, 'Rain.')
    const model = open(env)
    const first = ask('Weather in Oslo?', { tools: [weather], mustCall: true })
    const { tool_calls, text, finish } = await model.generate(first)
    expect({ tool_calls, finish }).toEqual({
      tool_calls: [{ id: 'call_0', name: 'weather', input: { city: 'Oslo' } }],
      finish: 'tool_calls',
    })
    const results = [{ id: 'call_0', name: 'weather', text: 'rain, 4 degrees' }]
    const messages = [...first.messages, { role: 'assistant' as const, text, tool_calls }, { role: 'tool' as const, results }]
    expect(await model.generate({ ...first, messages, mustCall: false })).toMatchObject({ text: 'Rain.' })
    expect(JSON.stringify(server.requests[1]?.body)).toContain('rain, 4 degrees')
  })

  test('that refuses is MODEL_FAILED with its status, and nothing that it said', async () => {
    server.play({ status: 401, body: { error: { message: `the key ${server.key} is wrong` } } })
    const error = await open(env)
      .generate(ask('Hello.'))
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'MODEL_FAILED', diagnostics: { model_status: 401 } })
    expect(inspect(error, { depth: 9 })).not.toContain(server.key)
    expect(server.requests).toHaveLength(1)
  })
})

describe('whatever the endpoint does', () => {
  test('an answer that is none is MODEL_FAILED', async () => {
    server.play({ status: 200, body: { choices: 'none' } })
    await expect(open({}).generate(ask('Hello.'))).rejects.toMatchObject({ code: 'MODEL_FAILED' })
  })

  test('arguments that are no JSON are told as such', async () => {
    server.play({ calls: [{ name: 'weather', input: '{"city": ' }] })
    const { tool_calls } = await open({}).generate(ask('Weather?', { tools: [weather] }))
    expect(tool_calls).toEqual([{ id: 'call_0', name: 'weather', input: undefined }])
  })

  test('silence ends at the deadline, and when the caller leaves', async () => {
    server.play({ hang: true }, { hang: true })
    await expect(open({}, 200).generate(ask('Hello.'))).rejects.toMatchObject({ code: 'TIMEOUT' })
    const signal = AbortSignal.timeout(50)
    await expect(open({}).generate(ask('Hello.', { signal }))).rejects.toMatchObject({ code: expect.any(String) })
  })

  test('no answer is read beyond its bound, and no prompt sent beyond its own', async () => {
    server.play('x'.repeat(4_200_000))
    await expect(open({}).generate(ask('Hello.'))).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' })
    await expect(open({}).generate(ask('x'.repeat(400_001)))).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
    expect(server.requests).toHaveLength(1)
  })

  test('a private address that is not opened is not dialled', async () => {
    const closed = createEgress({ allow: [] })
    const config = parseConfig(server.env).languageModel
    if (config === undefined) throw new Error('not configured')
    const model = createLanguageModel(config, (bounds) => createFetch(closed, { door: 'language_model', ...bounds }))
    await expect(model.generate(ask('Hello.'))).rejects.toMatchObject({ code: 'URL_NOT_ALLOWED' })
    expect(server.requests).toEqual([])
    await closed.close()
  })

  test('one workspace takes half of the places at most, all together the other half too', async () => {
    const model = open({})
    const leaving = new AbortController()
    server.play(...Array.from({ length: 8 }, () => ({ hang: true as const })))
    const waiting = Array.from({ length: 8 }, (_, i) =>
      model.generate(ask('Hello.', { workspaceId: `ws_${i % 2}`, signal: leaving.signal })).catch(() => 'left'),
    )
    for (const workspaceId of ['ws_0', 'ws_9'])
      await expect(model.generate(ask('Hello.', { workspaceId }))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    leaving.abort()
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['left']))
    server.play('Free again.')
    expect(server.requests.length).toBeLessThanOrEqual(8)
  })
})
