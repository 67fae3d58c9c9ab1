import { describe, expect, test } from 'vitest'
import { SallyportError } from '../errors.ts'
import { compileConnector } from './compile.ts'
import type { HttpActionDocument, HttpConnectorDocument } from './document.ts'
import { parseConnector } from './parse.ts'
import type { CompiledConnector } from './types.ts'

const get: HttpActionDocument = { method: 'GET', path: '/' }
const document = (changes: Partial<HttpConnectorDocument> = {}): HttpConnectorDocument =>
  parseConnector({
    connector: 'crm',
    name: 'CRM',
    servers: { production: { url: 'https://crm.example.com/v1/' } },
    actions: { get },
    ...changes,
  }) as HttpConnectorDocument
const compile = (changes: Partial<HttpConnectorDocument> = {}) => compileConnector(document(changes), '1.2.3')
const action = (changes: Partial<HttpActionDocument>, rest: Partial<HttpConnectorDocument> = {}) => {
  const compiled = compile({ ...rest, actions: { go: { ...get, ...changes } } }).actions.get('go')
  if (compiled === undefined) throw new Error('not compiled')
  return compiled
}

function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof SallyportError) return `${error.code}: ${error.detail}`
    throw error
  }
  throw new Error('accepted')
}

describe('a compiled connector', () => {
  test('compiles 10,000 actions in no time and each on its first use', () => {
    const actions = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`a${i}`, { ...get, path: `/x/{id}/${i}` }]))
    const big = { ...document(), actions }
    const start = performance.now()
    const { actions: compiled } = compileConnector(big, '1.0.0')
    expect([...compiled.keys()]).toHaveLength(10_000)
    expect(compiled.size).toBe(10_000)
    expect(performance.now() - start).toBeLessThan(100)
    expect(compiled.get('a9999')?.renderUrl('https://x.example', { id: 1 }, {})).toBe('https://x.example/x/1/9999')
    expect(compiled.get('a9999')).toBe(compiled.get('a9999'))
  })

  test('has no actions but those of the document', () => {
    const { actions } = compile()
    for (const name of ['constructor', '__proto__', 'toString', 'nope']) {
      expect(actions.get(name)).toBeUndefined()
      expect(actions.has(name)).toBe(false)
    }
    expect([...actions].map(([name, { title }]) => [name, title])).toEqual([['get', 'Get']])
  })

  test('fills defaults in: limits, effect, title, TLS', () => {
    const compiled = action({ method: 'DELETE' }, { limits: { per_minute: 60, retries: 1 } })
    expect(compiled).toMatchObject({
      title: 'Go',
      description: '',
      effect: 'destructive',
      confirm: false,
      deprecated: false,
      tags: [],
      authSchemes: null,
    })
    expect(compiled.limits).toEqual({
      timeoutMs: 30_000,
      retries: 1,
      maxResponseBytes: 5_242_880,
      perMinute: 60,
      perDay: null,
      responseCheck: 'enforce',
    })
    expect(
      action({ limits: { per_minute: 5, per_day: 7, response_check: 'warn' } }, { limits: { per_minute: 60 } }).limits,
    ).toMatchObject({ perMinute: 5, perDay: 7, responseCheck: 'warn' })
    expect(
      ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH'].map((method) => action({ method: method as 'GET' }).effect),
    ).toEqual(['read', 'read', 'read', 'write', 'write', 'write'])
    expect(action({ method: 'POST', effect: 'read', auth: [] })).toMatchObject({ effect: 'read', authSchemes: [] })
    expect(compile()).toMatchObject({
      id: 'crm',
      name: 'CRM',
      version: '1.2.3',
      environments: ['production'],
      auth: {},
      verifyTls: true,
      allowHttp: false,
      callerIps: [],
    })
  })
})

describe('the base URL', () => {
  const servers = (url: string, variables = {}): Partial<HttpConnectorDocument> => ({
    servers: { production: { url, variables } },
  })
  const tenant = { tenant: {}, version: { default: 'v1' } }

  test('is filled from settings, then from defaults', () => {
    const compiled = compile(servers('https://{tenant}.example.com/{version}/', tenant))
    expect(compiled.baseUrl('production', { tenant: 'acme' })).toBe('https://acme.example.com/v1')
    expect(compiled.baseUrl('production', { tenant: 'acme', version: 'v2/beta' })).toBe('https://acme.example.com/v2/beta')
    expect(
      compile({ ...servers('https://{host}', {}), fields: { host: { default: 'a.example' } } }).baseUrl('production', {}),
    ).toBe('https://a.example')
  })

  test('may be a setting as a whole', () => {
    const compiled = compile(servers('{base}/api', { base: {} }))
    expect(compiled.baseUrl('production', { base: 'http://crm.internal:8080/x/' })).toBe('http://crm.internal:8080/x/api')
    for (const base of [
      'ftp://x',
      'https://u:p@x',
      'https://x/?q',
      'https://x/#f',
      'javascript:alert(1)',
      '//x',
      'https://x\\@y',
    ]) {
      expect(refusal(() => compiled.baseUrl('production', { base }))).toContain('INVALID_INPUT')
    }
  })

  test('names the setting that is missing and the environment that is unknown', () => {
    const compiled = compile(servers('https://{tenant}.example.com', tenant))
    expect(refusal(() => compiled.baseUrl('production', {}))).toBe(
      'INVALID_INPUT: The setting tenant is required: the server URL needs it.',
    )
    expect(refusal(() => compiled.baseUrl('staging', { tenant: 'a' }))).toContain('no environment "staging". It has: production.')
    expect(
      refusal(() => compile(servers('https://{t}.example.com', { t: { enum: ['a', 'b'] } })).baseUrl('production', { t: 'c' })),
    ).toContain('must be one of a, b')
  })

  test.each([
    'evil.com/',
    'evil.com#',
    'evil.com?',
    'a@evil.com',
    'evil.com\\',
    'a:b@evil',
    'x y',
    '..',
    'evil.com:80/',
    '[::1',
    '',
    'ａ',
    'a\tb',
    '-.',
  ])('keeps the host where the connector put it: the variable %j', (value) => {
    const compiled = compile(servers('https://{tenant}.example.com/v1', tenant))
    let base: string
    try {
      base = compiled.baseUrl('production', { tenant: value })
    } catch (error) {
      expect(error).toMatchObject({ code: 'INVALID_INPUT' })
      return
    }
    expect(base).toMatch(/^https:\/\/[^/@]+\.example\.com\/v1$/)
  })

  test.each(['../admin', 'a/../../b', '%2e%2e', 'x?y', 'x#y', 'x\\y'])('refuses the path variable %j', (version) => {
    expect(
      refusal(() => compile(servers('https://x.example.com/{version}/api', { version: {} })).baseUrl('production', { version })),
    ).toContain('INVALID_INPUT')
  })
})

describe('the URL allowlist', () => {
  const allowed = (patterns: string[] | undefined, url: string, base = 'https://api.example.com/v1') =>
    compile({ security: patterns === undefined ? {} : { url_patterns: patterns } }).urlAllowed(url, base)

  test('without patterns is everything below the base URL', () => {
    expect(
      ['https://api.example.com/v1', 'https://api.example.com/v1/x?y', 'https://api.example.com:443/v1/'].map((url) =>
        allowed(undefined, url),
      ),
    ).toEqual([true, true, true])
    for (const url of [
      'https://api.example.com/v10',
      'https://api.example.com/',
      'http://api.example.com/v1/x',
      'https://api.example.com:8443/v1/x',
      'https://api.example.com/v1/../x',
      'https://api.example.com.evil.com/v1/x',
      'nonsense',
    ]) {
      expect(allowed(undefined, url), url).toBe(false)
    }
    expect(allowed(undefined, 'https://api.example.com/anything', 'https://api.example.com')).toBe(true)
  })

  test.each([
    [
      'https://api.example.com/v1/*',
      ['https://api.example.com/v1/', 'https://api.example.com/v1/a/b?c'],
      ['https://api.example.com/v2/a', 'https://api.example.com/v1', 'http://api.example.com/v1/a'],
    ],
    [
      'https://api.example.com',
      ['https://api.example.com/', 'https://api.example.com/x'],
      ['https://x.api.example.com/', 'https://api.example.com:444/'],
    ],
    [
      'https://*.example.com/a*z',
      ['https://a.b.example.com/a/z', 'https://x.example.com/az'],
      ['https://example.com/az', 'https://evilexample.com/az', 'https://x.example.com/aza'],
    ],
    [
      'https://x.example/a/*/b/*/c',
      ['https://x.example/a/1/b/2/c', 'https://x.example/a/1/b/b/2/3/c'],
      ['https://x.example/a/b/c', 'https://x.example/a/1/b/c'],
    ],
    [
      'http://127.0.0.1:9000/exact',
      ['http://127.0.0.1:9000/exact', 'http://127.0.0.1:9000/exact?q'],
      ['http://127.0.0.1:9000/exact/', 'http://127.0.0.1:9001/exact'],
    ],
  ])('with the pattern %s', (pattern, yes, no) => {
    for (const url of yes) expect(allowed([pattern], url), url).toBe(true)
    for (const url of no) expect(allowed([pattern], url), url).toBe(false)
  })

  test('with an empty list allows nothing', () => {
    expect(allowed([], 'https://api.example.com/v1/x')).toBe(false)
  })

  test('takes linear time on hostile patterns', () => {
    const start = performance.now()
    expect(allowed([`https://x.example/${'a*'.repeat(2000)}b`], `https://x.example/${'a'.repeat(50_000)}`)).toBe(false)
    expect(performance.now() - start).toBeLessThan(500)
  })
})

describe('schemas of an action', () => {
  const input = { properties: { limit: { type: 'integer' }, id: { $ref: '#/schemas/Id' } } }
  const rest = {
    schemas: { Id: { type: 'string', minLength: 2 }, Args: { type: 'object', properties: { id: { $ref: '#/schemas/Id' } } } },
  }

  test('close an input that lists its properties and require what the path needs', () => {
    const compiled = action({ path: '/{id}', query: { limit: '{{limit}}' }, input }, rest)
    expect(compiled.inputSchema()).toEqual({
      type: 'object',
      properties: { limit: { type: 'integer' }, id: { $ref: '#/$defs/Id' } },
      required: ['id'],
      additionalProperties: false,
      $defs: { Id: { type: 'string', minLength: 2 } },
    })
    expect(compiled.inputSchema()).toBe(compiled.inputSchema())
    expect(compiled.checkInput({ limit: 1, lmit: 2 }).map(({ message }) => message)).toEqual([
      'id is required',
      'lmit is not a known property; did you mean "limit"?',
    ])
    expect(compiled.checkInput({ id: 'x' }).map(({ message }) => message)).toEqual(['id must have at least 2 characters'])
    expect(compiled.checkInput({ id: 'xy' })).toEqual([])
  })

  test('leave an input open that says so', () => {
    expect(action({ input: { ...input, additionalProperties: true } }, rest).checkInput({ more: 1 })).toEqual([])
    expect(action({ input: { allOf: [input] } }, rest).checkInput({ more: 1 })).toEqual([])
  })

  test('are derived from the placeholders when there are none', () => {
    const compiled = action(
      {
        method: 'POST',
        path: '/{id}',
        query: { a: '{{a}}' },
        headers: { 'X-S': '{{settings.s}}' },
        body: { type: 'json', value: { b: ['{{b}}'] } },
      },
      { fields: { s: {} } },
    )
    expect(compiled.inputSchema()).toEqual({
      type: 'object',
      properties: { a: {}, b: {}, id: { type: ['string', 'number', 'boolean'] } },
      required: ['id'],
      additionalProperties: false,
    })
    expect(compiled.checkInput({})).toEqual([{ path: '/id', message: 'id is required' }])
    expect(compiled.checkInput({ id: 1, a: [], b: {} })).toEqual([])
    expect(compiled.checkInput({ id: 1, c: 1 })).toHaveLength(1)
  })

  test('show an input that is a reference as an object with its properties', () => {
    expect(action({ path: '/{id}', input: { $ref: '#/schemas/Args' } }, rest).inputSchema()).toMatchObject({
      type: 'object',
      properties: { id: { $ref: '#/$defs/Id' } },
      required: ['id'],
    })
    const local = action({
      path: '/{id}',
      input: { $ref: '#/$defs/A', $defs: { A: { properties: { id: { $ref: '#/$defs/B' } } }, B: { type: 'string' } } },
    })
    expect(local.checkInput({ id: 1 }).map(({ message }) => message)).toEqual(['id must be a string'])
  })

  test('check an answer without its formats, and not at all without a schema', () => {
    const output = { type: 'object', properties: { at: { type: 'string', format: 'date-time' }, id: { $ref: '#/schemas/Id' } } }
    expect(
      action({ output }, rest)
        .checkOutput({ at: 'yesterday', id: 'x' })
        .map(({ path }) => path),
    ).toEqual(['/id'])
    expect(action({ output }, rest).outputSchema()).toMatchObject({ $defs: { Id: { type: 'string' } } })
    expect(action({}).checkOutput('anything')).toEqual([])
    expect([action({}).outputSchema(), action({ output: true }).outputSchema()]).toEqual([null, true])
  })
})

test('a compiled connector keeps what it was given', () => {
  const given = document()
  const compiled: CompiledConnector = compileConnector(given, '9.9.9')
  expect(compiled.document).toBe(given)
})
