import { describe, expect, test } from 'vitest'
import { SallyportError } from '../errors.ts'
import { parseConnector } from './parse.ts'

const crm = `connector: crm
name: CRM
version: 1.0.0
servers:
  production:
    url: https://crm.example.com/v1
auth:
  key:
    type: api_key
    name: X-API-Key
fields:
  region: {type: string}
actions:
  get_customer:
    method: GET
    path: /customers/{id}
    query:
      limit: "{{limit}}"
    input:
      type: object
      required: [id]
      properties:
        id: {type: string}
        limit: {type: integer, maximum: 100}
`

interface Refusal {
  readonly code: string
  readonly detail: string
  readonly errors: readonly { path: string; line?: number; column?: number; message: string }[]
}

function refusal(source: unknown): Refusal {
  try {
    parseConnector(source)
  } catch (error) {
    if (!(error instanceof SallyportError)) throw error
    return { code: error.code, detail: error.detail, errors: error.diagnostics?.errors as Refusal['errors'] }
  }
  throw new Error('the source was accepted')
}

/** The document above with some places set, each by its path: `actions get_customer path`; undefined removes the place. */
function changed(changes: Readonly<Record<string, unknown>>): unknown {
  const document: unknown = structuredClone(parseConnector(crm))
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split(' ')
    const last = keys.pop() ?? ''
    let parent: unknown = document
    for (const key of keys) {
      if (typeof parent !== 'object' || parent === null) throw new Error(`nothing at ${key}`)
      if (!Object.hasOwn(parent, key)) Reflect.set(parent, key, {})
      parent = Reflect.get(parent, key)
    }
    if (typeof parent !== 'object' || parent === null) throw new Error(`nothing at ${path}`)
    if (value === undefined) Reflect.deleteProperty(parent, last)
    else Reflect.set(parent, last, value)
  }
  return document
}
/** Paths below the one action. */
const action = (changes: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(changes).map(([path, value]) => [`actions get_customer ${path}`, value]))

describe('a connector file', () => {
  test('is accepted as YAML, as JSON text and as an object alike', () => {
    const document = parseConnector(crm)
    expect(parseConnector(JSON.stringify(document))).toEqual(document)
    expect(parseConnector(JSON.stringify(document, null, 4))).toEqual(document)
    expect(parseConnector(structuredClone(document))).toEqual(document)
  })

  test('keeps an empty key order of environments: the first stays first', () => {
    const document = parseConnector(
      crm.replace(
        '  production:\n    url: https://crm.example.com/v1',
        '  staging: {url: https://s.example}\n  production: {url: https://p.example}',
      ),
    )
    expect(Object.keys(document.servers ?? {})).toEqual(['staging', 'production'])
  })

  test('refuses an unknown key and names it, its line and the nearest known key', () => {
    const { code, detail, errors } = refusal(crm.replace('    query:', '    qurey:'))
    expect(code).toBe('INVALID_INPUT')
    expect(detail).toBe('Line 17: actions.get_customer.qurey is not a known property; did you mean "query"?')
    expect(errors).toEqual([
      {
        path: '/actions/get_customer/qurey',
        line: 17,
        column: 5,
        message: 'actions.get_customer.qurey is not a known property; did you mean "query"?',
      },
    ])
  })

  test('refuses a missing key at the line of what lacks it', () => {
    const { detail, errors } = refusal(crm.replace('    method: GET\n', ''))
    expect(detail).toContain('actions.get_customer.method is required')
    expect(errors[0]?.line).toBe(14)
  })

  test('lists every problem, at most 20', () => {
    const { detail, errors } = refusal(
      changed(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`actions a${i}`, { method: 'FETCH', path: '/x' }]))),
    )
    expect(errors).toHaveLength(20)
    expect(detail).toMatch(/\(and 19 more\)\.$/)
    expect(errors[0]?.message).toBe(
      'actions.a0.method must be one of "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "QUERY", "COPY", "LINK" or 10 more',
    )
  })

  test.each([
    ['a value that is no object', 'just text', 'A connector file is an object'],
    ['nothing', '', 'The text is empty'],
    ['null', null, 'A connector file is an object'],
    ['an OpenAPI document', 'openapi: 3.0.3\ninfo: {}\npaths: {}', 'This is an OpenAPI document'],
    ['broken YAML, with its line', 'connector: crm\nname: [', 'Line 2: This is not valid YAML or JSON'],
    ['broken JSON, with its line', '{\n"connector": "crm",\n"name": [1\n}', 'Line 4: '],
    ['a key given twice', 'connector: crm\nconnector: crm2\n', 'Line 2: '],
    [
      'two documents in one file',
      'connector: crm\n---\nconnector: b\n',
      'not valid YAML or JSON: Source contains multiple documents',
    ],
    ['text over 5 MB', `connector: ${'x'.repeat(5 * 1024 * 1024)}`, 'more than 5 MB'],
    ['nesting without end', `a: ${'['.repeat(5000)}`, 'Line 1: '],
    ['nesting too deep for the reader', `a: ${'['.repeat(9000)}${']'.repeat(9000)}`, 'nested too deeply'],
    ['nesting too deep for anyone', `a: ${'['.repeat(300)}${']'.repeat(300)}`, 'nested deeper than 100 levels'],
    ['an infinite number', 'connector: crm\nname: .inf', 'must be a finite number'],
  ])('refuses %s', (_name, source, expected) => {
    expect(refusal(source).detail).toContain(expected)
  })

  test('refuses an alias bomb in no time', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) =>
        `l${i}: &l${i} [${
          i === 0
            ? 'x'
            : Array(10)
                .fill(`*l${i - 1}`)
                .join(', ')
        }]`,
    )
    const start = performance.now()
    expect(refusal(levels.join('\n')).detail).toContain('aliases')
    expect(performance.now() - start).toBeLessThan(1000)
  })

  test('accepts a few aliases', () => {
    expect(refusal(`${crm}    cookies: *later\n`).detail).toContain('The alias *later refers to no anchor before it')
    expect(
      parseConnector(
        `${crm}  again:\n    method: GET\n    path: /x\n    tags: &t [a]\n  more:\n    method: GET\n    path: /y\n    tags: *t\n`,
      ).actions.more?.tags,
    ).toEqual(['a'])
  })

  test.each(['YAML', 'JSON'])('refuses a __proto__ key in %s and pollutes nothing', (kind) => {
    const text =
      kind === 'JSON'
        ? JSON.stringify(changed({})).replace('"fields":{', '"fields":{"__proto__":{"polluted":true},')
        : crm.replace('fields:\n', 'fields:\n  __proto__: {polluted: true}\n')
    expect(refusal(text).detail).toContain('__proto__ is not a permitted key')
    expect(refusal(kind === 'JSON' ? JSON.parse(text) : text).detail).toContain('__proto__')
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('refuses a kind that does not run', () => {
    expect(refusal(changed({ kind: 'quantum' })).detail).toContain('kind quantum is not supported')
  })

  test('wants the address of an external service', () => {
    const service = { connector: 'service', name: 'Service', kind: 'external', actions: { main: {} } }
    expect(refusal(service).detail).toContain('servers is required')
    const servers = { production: { url: 'https://service.example.com' } }
    expect(parseConnector({ ...service, servers })).toMatchObject({ kind: 'external' })
  })

  test('wants the code of a script connector, and of no other', () => {
    const code = { connector: 'code', name: 'Code', version: '1.0.0', kind: 'script', actions: { main: {} } }
    expect(refusal(code).detail).toContain('script is required')
    expect(parseConnector({ ...code, script: { source: 'function main() {}' } })).toMatchObject({ kind: 'script' })
    expect(refusal(changed({ script: { source: 'function main() {}' } })).detail).toContain('is for connectors of kind script')
  })

  test('explains a version that YAML read as a number', () => {
    expect(refusal(crm.replace('1.0.0', '1.0')).detail).toBe(
      'Line 3: version must be a text of three numbers such as "1.0.0"; YAML reads 1.0 without quotes as a number.',
    )
  })

  test('finds problems in large JSON texts too', () => {
    const plain = { method: 'GET', path: '/x', description: 'A description that makes the text longer than a hand-written one.' }
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`actions a${i}`, plain]))
    expect(Object.keys(parseConnector(JSON.stringify(changed(many))).actions)).toHaveLength(3001)
    const { detail } = refusal(JSON.stringify(changed({ ...many, 'actions a7': { ...plain, methd: 'GET' } })))
    expect(detail).toContain('actions.a7.methd is not a known property')
  })
})

describe('the meaning of a connector file', () => {
  const post = (body: unknown) => action({ method: 'POST', body })
  const cases: [string, Readonly<Record<string, unknown>>, string][] = [
    [
      'a path input that is not declared',
      action({ path: '/customers/{idd}' }),
      'actions.get_customer.path uses {{idd}}, but the input schema has no such property; did you mean "id"?',
    ],
    ['a query input that is not declared', action({ 'query limit': '{{limt}}' }), 'did you mean "limit"?'],
    [
      'an undeclared input deep in a body',
      post({ type: 'json', value: { a: [{ b: 'x {{nope}}' }] } }),
      'actions.get_customer.body.value.a[0].b uses {{nope}}',
    ],
    [
      'a setting that is no field',
      action({ headers: { 'X-Region': '{{settings.regoin}}' } }),
      'uses {{settings.regoin}}, but there is no such field; did you mean "region"?',
    ],
    ['an empty placeholder', action({ 'query limit': '{{}}' }), 'a placeholder without a name'],
    [
      'an undeclared server variable',
      { 'servers production url': 'https://{tenant}.example.com' },
      'uses {tenant}, which is not declared under variables',
    ],
    [
      'a variable default outside its enum',
      { 'servers production': { url: 'https://{t}.example.com', variables: { t: { default: 'c', enum: ['a', 'b'] } } } },
      'must be one of its enum: a, b',
    ],
    ['a server that is no http URL', { 'servers production url': 'ftp://x.example' }, 'must be an http or https URL'],
    ['a relative server', { 'servers production url': '/v1' }, 'must be an http or https URL'],
    [
      'a password in a server URL',
      { 'servers production url': 'https://u:p@x.example' },
      'must not hold a user name or password',
    ],
    ['a query in a server URL', { 'servers production url': 'https://x.example/?k=v' }, 'must not have a query'],
    ['a fragment in a server URL', { 'servers production url': 'https://x.example/#f' }, 'must not have a query or a fragment'],
    [
      'a verify action that is none',
      { verify: { action: 'get_custmer' } },
      'names "get_custmer", which is no action; did you mean "get_customer"?',
    ],
    ['an auth scheme that is none', action({ auth: ['kye'] }), 'which is not under auth; did you mean "key"?'],
    ['a hop-by-hop header', action({ headers: { 'Transfer-Encoding': 'chunked' } }), 'the gateway sets it itself'],
    ['a Host header', action({ headers: { host: '10.0.0.1' } }), 'the gateway sets it itself'],
    ['a Content-Length header', action({ headers: { 'content-length': '0' } }), 'the gateway sets it itself'],
    ['an invalid header name', action({ headers: { 'X Bad': '1' } }), 'is not a valid name of a header'],
    ['a header given twice', action({ headers: { 'X-A': '1', 'x-a': '2' } }), 'is set twice'],
    ['the header of an auth scheme', action({ headers: { 'x-api-key': '{{id}}' } }), 'carries the credential of an auth scheme'],
    ['an Authorization header', action({ headers: { Authorization: 'x' } }), 'declare it under auth'],
    ['a Cookie header', action({ headers: { Cookie: 'x' } }), 'use cookies'],
    [
      'a Content-Type header beside a body',
      { ...post({ type: 'json', value: {} }), ...action({ headers: { 'content-type': 'x/y' } }) },
      'use body.content_type',
    ],
    [
      'the query parameter of an auth scheme',
      { 'auth key': { type: 'api_key', in: 'query', name: 'limit' } },
      'carries the credential of an auth scheme',
    ],
    [
      'the cookie of an auth scheme',
      { 'auth key': { type: 'api_key', in: 'cookie', name: 'sid' }, ...action({ cookies: { sid: 'x' } }) },
      'carries the credential of an auth scheme',
    ],
    [
      'a path without the place of its key',
      { 'auth key': { type: 'api_key', in: 'path', name: 'token' } },
      'must have the credential of the auth scheme key as {{auth.token}}',
    ],
    [
      'a key in the path that no auth scheme brings',
      action({ path: '/{{auth.token}}/customers/{id}' }),
      'has the credential {{auth.token}}, which the auth scheme key does not bring',
    ],
    ['the mark of a credential in a path', action({ path: '/[redacted]/{id}' }), 'which stands for credentials'],
    ['an auth scheme in the Host header', { 'auth key name': 'Host' }, 'the gateway sets it itself'],
    ['a line break in a prefix', { 'auth key prefix': 'a\r\nX: y' }, 'must not contain line breaks'],
    [
      'an unknown auth type',
      { 'auth key type': 'oauth9' },
      'auth.key.type must be one of "none", "api_key", "bearer", "basic", "headers", "mtls", "secrets"',
    ],
    ['an unknown key of an auth scheme', { 'auth key nmae': 'x' }, 'auth.key.nmae is not a known property; did you mean "name"?'],
    ['a body on GET', action({ body: { type: 'json', value: {} } }), 'a GET request has no body'],
    ['a form that is no object', post({ type: 'form', value: ['a'] }), 'must be an object whose keys are the fields'],
    ['encodings of a JSON body', post({ type: 'json', value: {}, encoding: { a: {} } }), 'is for form and multipart bodies only'],
    ['a query in a path', action({ path: '/customers/{id}?expand=all' }), 'put the parameters under query'],
    ['a dot segment in a path', action({ path: '/customers/%2E%2e/{id}' }), 'must not have "." or ".." as a segment'],
    ['an unclosed brace', action({ path: '/customers/{id' }), 'a brace without its partner'],
    ['a path style of nothing', action({ path_styles: { ib: { style: 'label' } } }), 'is not in the path; did you mean "id"?'],
    [
      'a path style in the query',
      action({ 'query limit': { value: '{{limit}}', style: 'matrix' } }),
      'must be one of form, spaceDelimited, pipeDelimited, deepObject here',
    ],
    [
      'a $ref to nowhere',
      { schemas: { Customer: {} }, ...action({ output: { type: 'array', items: { $ref: '#/schemas/Custmer' } } }) },
      'actions.get_customer.output.items.$ref points to "#/schemas/Custmer", where nothing is; did you mean "Customer"?',
    ],
    ['a $ref out of the document', action({ output: { $ref: 'file:///etc/passwd' } }), 'write #/schemas/Name'],
    ['an invalid URL pattern', { security: { url_patterns: ['https://x.*/'] } }, 'must be a URL such as'],
    ['an invalid caller address', { security: { caller_ips: ['10.0.0.0/33'] } }, 'must be an address or a range'],
    ['a default of the wrong type', { 'fields region default': 3 }, 'must be a string, as the field is'],
    ['an invalid response path', action({ response: { map: { id: 'data..id' } } }), 'must be a path such as'],
    [
      'an action name with a hyphen',
      { 'actions get-it': { method: 'GET', path: '/' } },
      'actions.get-it is not a permitted name: it must match the pattern',
    ],
  ]
  test.each(cases)('refuses %s', (_name, changes, expected) => {
    const { code, detail } = refusal(changed(changes))
    expect(code).toBe('INVALID_INPUT')
    expect(detail).toContain(expected)
  })

  test.each([
    [
      'undeclared inputs when the input schema says that it is open',
      action({ 'input additionalProperties': true, 'query page': '{{page}}' }),
    ],
    ['undeclared inputs when there is no input schema', action({ input: undefined, 'query page': '{{page}}' })],
    [
      'references into schemas and into the schema itself',
      {
        schemas: { A: { $ref: '#/$defs/B', $defs: { B: { $ref: '#/schemas/A' } } } },
        ...action({ output: { $ref: '#/schemas/A/$defs/B' } }),
      },
    ],
    [
      'a key called $ref where it is data',
      action({ output: { type: 'object', default: { $ref: 'nowhere' }, enum: [{ $ref: 'x' }] } }),
    ],
    ['keywords that third parties get wrong', action({ output: { type: 'date', required: true, properties: [] } })],
  ])('accepts %s', (_name, changes) => {
    const document = changed(changes)
    expect(parseConnector(document)).toBe(document)
  })

  test('gives the line of a problem of meaning', () => {
    expect(refusal(crm.replace('{{limit}}', '{{lmit}}')).errors[0]).toMatchObject({
      path: '/actions/get_customer/query/limit',
      line: 18,
      column: 7,
    })
  })
})
