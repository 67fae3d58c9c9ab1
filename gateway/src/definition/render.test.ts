import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SallyportError } from '../errors.ts'
import { compileConnector } from './compile.ts'
import type { HttpActionDocument, HttpConnectorDocument } from './document.ts'
import type { HttpAction, Settings } from './types.ts'

const base = 'https://api.example.com/v1'

function compile(action: Partial<HttpActionDocument>, document: Partial<HttpConnectorDocument> = {}): HttpAction {
  const connector = compileConnector(
    {
      connector: 'x',
      name: 'X',
      servers: { production: { url: base } },
      actions: { go: { method: 'GET', path: '/', ...action } },
      ...document,
    },
    '1.0.0',
  )
  const compiled = connector.actions.get('go')
  if (compiled === undefined) throw new Error('not compiled')
  return compiled
}
const url = (action: Partial<HttpActionDocument>, input: Record<string, unknown> = {}, settings: Settings = {}) =>
  compile(action).renderUrl(base, input, settings)
const request = (action: Partial<HttpActionDocument>, input: Record<string, unknown> = {}, settings: Settings = {}) =>
  compile({ method: 'POST', ...action }).renderRequest(base, input, settings)

/** The code and the first message of what is thrown. */
function refusal(run: () => unknown): [string, string] {
  try {
    run()
  } catch (error) {
    if (error instanceof SallyportError) return [error.code, error.detail]
    throw error
  }
  throw new Error('accepted')
}

const hostile = [
  '../admin',
  '..',
  '.',
  '%2e%2e',
  'a/../b',
  '..\\x',
  'a/b',
  'a?x=1',
  'a#f',
  'x&admin=1',
  'a;b',
  '//evil.com',
  '@evil.com',
  '\\evil.com',
  'a b',
  "!'()*",
  'é',
  '𝒳',
  '$&',
  '$1',
  '{{id}}',
  '{id}',
  '%',
  '%zz',
  '%2F',
  'null',
  '\t',
  '\u2028',
]

describe('a path', () => {
  test('takes inputs in one brace or two, beside literals', () => {
    expect(url({ path: '/a/{id}/b-{{id}}.json' }, { id: 7 })).toBe(`${base}/a/7/b-7.json`)
    expect(url({ path: '/{{settings.region}}/x' }, {}, { region: 'eu' })).toBe(`${base}/eu/x`)
    expect(url({ path: "/Users('{user-id}')/$ref:go" }, { 'user-id': "o'n" })).toBe(`${base}/Users('o%27n')/$ref:go`)
  })

  test('keeps its slashes, encodes what a URL cannot hold, keeps encodings', () => {
    expect(url({ path: '/' })).toBe(`${base}/`)
    expect(url({ path: '/a//b/' })).toBe(`${base}/a//b/`)
    expect(url({ path: '/a b/é/%41/100%/"<>' })).toBe(`${base}/a%20b/%C3%A9/%41/100%25/%22%3C%3E`)
  })

  test.each([
    ['', 'id must not be empty'],
    [null, 'id is required'],
    [undefined, 'id is required'],
    ['..', 'id must not contain "." or ".."'],
    ['.', 'id must not contain "." or ".."'],
    ['%2E%2e', 'id must not contain "." or ".."'],
    ['../x', 'id must not contain "." or ".."'],
    ['x\\..\\y', 'id must not contain "." or ".."'],
    ['a\r\nb', 'id must not contain line breaks'],
    ['a\nb', 'id must not contain line breaks'],
    ['a\0', 'id must not contain line breaks'],
    ['\ud800', 'not valid Unicode'],
    [[], 'id must not be empty'],
    [{}, 'id must not be empty'],
    [[null], 'id must not be empty'],
    [[''], 'id must not be empty'],
    [['a', '..'], 'id must not contain "." or ".."'],
  ])('refuses the value %j', (id, expected) => {
    const [code, detail] = refusal(() => url({ path: '/users/{id}/items' }, { id }))
    expect(code).toBe('INVALID_INPUT')
    expect(detail).toContain(expected)
  })

  test.each([
    ['/x/.{a}/y', 'simple', ['']],
    ['/x/{a}/y', 'label', ['']],
    ['/x/{a}/y', 'label', ''],
    ['/x/%2e{a}', 'label', ''],
  ] as const)('refuses that %s in style %s becomes a dot segment', (path, style, a) => {
    const compiled = compile({ path, path_styles: { a: { style, explode: true } } })
    const [code, detail] = refusal(() => compiled.renderUrl(base, { a }, {}))
    expect(code).toBe('INVALID_INPUT')
    expect(detail).toMatch(/segment of the path|must not be empty/)
  })

  test.each([
    ['simple', false, ['a', 'b'], '/a,b'],
    ['simple', true, { k: 'v', l: 'w' }, '/k=v,l=w'],
    ['simple', false, { k: 'v', l: 'w' }, '/k,v,l,w'],
    ['label', false, 'a', '/.a'],
    ['label', false, ['a', 'b'], '/.a,b'],
    ['label', true, ['a', 'b'], '/.a.b'],
    ['label', true, { k: 'v', l: 'w' }, '/.k=v.l=w'],
    ['matrix', false, 'a', '/;id=a'],
    ['matrix', false, ['a', 'b'], '/;id=a,b'],
    ['matrix', true, ['a', 'b'], '/;id=a;id=b'],
    ['matrix', false, { k: 'v', l: 'w' }, '/;id=k,v,l,w'],
    ['matrix', true, { k: 'v', l: 'w' }, '/;k=v;l=w'],
  ] as const)('writes style %s, explode %s as OpenAPI says', (style, explode, id, expected) => {
    expect(url({ path: '/{id}', path_styles: { id: { style, explode } } }, { id })).toBe(`${base}${expected}`)
  })

  test('gives every value back, in as many segments as the path has', () => {
    const compiled = compile({ path: '/users/{id}/x-{{name}}.json' })
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom(...hostile),
    )
    fc.assert(
      fc.property(text, text, (id, name) => {
        let rendered: string
        try {
          rendered = compiled.renderUrl(base, { id, name }, {})
        } catch (error) {
          // Refused for a reason, never for having been taken apart.
          expect(error).toMatchObject({ code: 'INVALID_INPUT' })
          expect(
            [id, name].some((value) => /[\r\n\0]|(^|[/\\])(\.|%2e){1,2}($|[/\\])/i.test(value) || !value.isWellFormed()),
          ).toBe(true)
          return
        }
        const { origin, pathname, search, hash } = new URL(rendered)
        expect({ origin, search, hash }).toEqual({ origin: 'https://api.example.com', search: '', hash: '' })
        const segments = pathname.split('/')
        expect(segments).toHaveLength(5)
        expect(decodeURIComponent(segments[3] ?? '')).toBe(id)
        expect(decodeURIComponent(segments[4] ?? '')).toBe(`x-${name}.json`)
      }),
      { numRuns: 2000 },
    )
  })

  test('refuses a base URL that is none, and one that a parser would change', () => {
    for (const bad of [
      'ftp://x.example',
      'https://u:p@x.example',
      'https://x.example/?a',
      'https://x.example/#f',
      '/relative',
      'nonsense',
    ]) {
      expect(refusal(() => compile({ path: '/x' }).renderUrl(bad, {}, {}))[0]).toBe('URL_NOT_ALLOWED')
    }
    // A path that parsing would have refused: it leaves the prefix.
    expect(refusal(() => url({ path: '/../secret' }))[0]).toBe('INVALID_INPUT')
    expect(compile({ path: '/x' }).renderUrl('https://X.example:443/a/', {}, {})).toBe('https://x.example/a/x')
  })
})

describe('a query', () => {
  test('keeps types, leaves out absent inputs and texts around them', () => {
    const query = { a: '{{a}}', b: 'x-{{b}}', c: 3, d: true, e: 'fixed', f: '{{f}}', g: '{{settings.g}}' }
    expect(url({ query }, { a: 1, f: null }, { g: 'y' })).toBe(`${base}/?a=1&c=3&d=true&e=fixed&g=y`)
    expect(url({ query: { b: 'x-{{b}}' } }, { b: '$& $1' })).toBe(`${base}/?b=x-%24%26%20%241`)
    expect(url({ query: { a: '{{a}}' } }, {})).toBe(`${base}/`)
  })

  test.each([
    [{}, ['a', 'b'], 'q=a&q=b'],
    [{ explode: false }, ['a', 'b,c'], 'q=a,b%2Cc'],
    [{}, { k: 'v', l: 2 }, 'k=v&l=2'],
    [{ explode: false }, { k: 'v', l: 2 }, 'q=k,v,l,2'],
    [{ style: 'spaceDelimited' }, ['a', 'b'], 'q=a%20b'],
    [{ style: 'pipeDelimited' }, ['a', 'b'], 'q=a%7Cb'],
    [{ style: 'pipeDelimited', explode: true }, ['a', 'b'], 'q=a&q=b'],
    [{ style: 'deepObject' }, { k: 'v', l: { m: [1, 2] } }, 'q%5Bk%5D=v&q%5Bl%5D%5Bm%5D%5B%5D=1&q%5Bl%5D%5Bm%5D%5B%5D=2'],
    [{ style: 'deepObject' }, [{ a: 1 }, { a: 2 }], 'q%5B0%5D%5Ba%5D=1&q%5B1%5D%5Ba%5D=2'],
    [{ content_type: 'application/json' }, { k: ['v'] }, 'q=%7B%22k%22%3A%5B%22v%22%5D%7D'],
    [{}, [], ''],
    [{}, {}, ''],
  ] as const)('writes %j as OpenAPI says', (placing, value, expected) => {
    expect(url({ query: { q: { value: '{{q}}', ...placing } } }, { q: value })).toBe(
      `${base}/${expected === '' ? '' : `?${expected}`}`,
    )
  })

  test('keeps the marks that APIs use in names', () => {
    expect(url({ query: { $filter: '{{f}}', 'fields:all': 1, 'page[size]': 2, 'a&b=c': 3 } }, { f: 'x' })).toBe(
      `${base}/?$filter=x&fields:all=1&page%5Bsize%5D=2&a%26b%3Dc=3`,
    )
  })

  test('refuses keys that would take the place of another parameter or of the credential', () => {
    const auth = { key: { type: 'api_key', in: 'query', name: 'api_key' } } as const
    const compiled = compile({ query: { filter: '{{filter}}', limit: 10 } }, { auth })
    expect(refusal(() => compiled.renderUrl(base, { filter: { limit: 1000 } }, {}))[1]).toContain('must not have the key "limit"')
    expect(refusal(() => compiled.renderUrl(base, { filter: { api_key: 'mine' } }, {}))[1]).toContain(
      'must not have the key "api_key"',
    )
    expect(compiled.renderUrl(base, { filter: { a: 1 } }, {})).toBe(`${base}/?a=1&limit=10`)
  })

  test('has the place of a credential in the path where the document says, and nowhere by an input', () => {
    const auth = { key: { type: 'api_key', in: 'path', name: 'token' } } as const
    const compiled = compile({ path: '/bot{{ auth.token }}/{id}' }, { auth })
    expect(compiled.inputSchema()).toMatchObject({ required: ['id'] })
    expect(compiled.renderUrl(base, { id: '[redacted]' }, {})).toBe(`${base}/bot[redacted]/%5Bredacted%5D`)
  })

  test('refuses what its style cannot carry', () => {
    expect(refusal(() => url({ query: { q: { value: '{{q}}', style: 'pipeDelimited' } } }, { q: ['a|b', 'c'] }))[1]).toContain(
      '"|"',
    )
    expect(refusal(() => url({ query: { q: { value: '{{q}}', style: 'deepObject' } } }, { q: { 'a][b': 1 } }))[1]).toContain(
      'square bracket',
    )
  })

  test('gives every value back and never gains a parameter', () => {
    const compiled = compile({
      query: {
        first: 'fixed',
        q: '{{q}}',
        text: '<{{q}}>',
        list: '{{list}}',
        json: { value: '{{list}}', content_type: 'application/json' },
      },
    })
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(...hostile))
    fc.assert(
      fc.property(text, fc.array(text, { minLength: 1 }), (q, list) => {
        const { searchParams, origin, pathname, hash } = new URL(compiled.renderUrl(base, { q, list }, {}))
        expect({ origin, pathname, hash }).toEqual({ origin: 'https://api.example.com', pathname: '/v1/', hash: '' })
        expect([...searchParams.keys()]).toEqual(['first', 'q', 'text', ...list.map(() => 'list'), 'json'])
        expect(searchParams.get('q')).toBe(q)
        expect(searchParams.get('text')).toBe(`<${q}>`)
        expect(searchParams.getAll('list')).toEqual(list)
        expect(JSON.parse(searchParams.get('json') ?? '')).toEqual(list)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('headers and cookies', () => {
  test('take values in the simple style', () => {
    expect(
      request(
        {
          headers: {
            'X-List': '{{l}}',
            'X-Object': { value: '{{o}}', explode: true },
            'X-Text': 'v={{n}}',
            'X-None': '{{none}}',
          },
        },
        { l: ['a', 'b'], o: { k: 'v', l: 'w' }, n: 3 },
      ).headers,
    ).toEqual({
      'X-List': 'a,b',
      'X-Object': 'k=v,l=w',
      'X-Text': 'v=3',
      Accept: 'application/json, */*;q=0.5',
    })
    expect(request({ cookies: { a: '{{a}}', b: '{{b}}', c: 'x' } }, { a: 'v; admin=1' }).headers.Cookie).toBe(
      'a=v%3B%20admin%3D1; c=x',
    )
  })

  test.each(['a\r\nX-Evil: 1', 'a\nb', 'a\0b', '€', 'a\u007f'])('refuse the value %j', (value) => {
    const [code, detail] = refusal(() => request({ headers: { 'X-A': 'v {{a}}' } }, { a: value }))
    expect(code).toBe('INVALID_INPUT')
    expect(detail).toContain('a must not contain line breaks or other characters that the header X-A cannot carry')
  })

  test('refuse a line break inside a list or a key', () => {
    expect(refusal(() => request({ headers: { 'X-A': '{{a}}' } }, { a: ['ok', 'x\r\ny'] }))[0]).toBe('INVALID_INPUT')
    expect(refusal(() => request({ headers: { 'X-A': '{{a}}' } }, { a: { 'k\r\n': 1 } }))[0]).toBe('INVALID_INPUT')
  })

  test('never gain a header or a cookie, whatever the values', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostile, 'a\r\nb: c'))
    const compiled = compile({ method: 'POST', headers: { 'X-A': '{{v}}' }, cookies: { c: '{{w}}' } })
    fc.assert(
      fc.property(text, text, (v, w) => {
        let headers: Readonly<Record<string, string>>
        try {
          headers = compiled.renderRequest(base, { v, w }, {}).headers
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_INPUT' })
          return
        }
        expect(Object.keys(headers)).toEqual(['X-A', 'Cookie', 'Accept'])
        expect(Object.values(headers).join('')).not.toMatch(/[\r\n\0]/)
        expect(headers.Cookie?.split(';')).toHaveLength(1)
      }),
      { numRuns: 1000 },
    )
  })

  test('an Accept of the document stays', () => {
    expect(request({ headers: { accept: 'text/csv' } }).headers).toEqual({ accept: 'text/csv' })
  })
})

describe('a JSON body', () => {
  const value = {
    id: '{{id}}',
    note: 'Hi {{name}}',
    nested: { list: ['{{id}}', '{{none}}', 'x'], none: '{{none}}' },
    n: 1,
    z: null,
  }

  test('takes values with their type and leaves out keys whose input is absent', () => {
    const { body, bodyValue, headers } = request({ body: { type: 'json', value } }, { id: { a: [1] }, name: 'Bo' })
    const expected = { id: { a: [1] }, note: 'Hi Bo', nested: { list: [{ a: [1] }, 'x'] }, n: 1, z: null }
    expect(JSON.parse(String(body))).toEqual(expected)
    expect(bodyValue).toEqual(expected)
    expect(headers['Content-Type']).toBe('application/json')
  })

  test('is left out with its content type when the whole of it is absent', () => {
    expect(request({ body: { type: 'json', value: '{{body}}' } })).toEqual({
      method: 'POST',
      url: base,
      headers: { Accept: 'application/json, */*;q=0.5' },
    })
    expect(request({ body: { type: 'json', value: '{{body}}' } }, { body: null }).body).toBe('null')
  })

  test('cannot be changed in structure by any value, and gives each back', () => {
    const compiled = compile({ method: 'POST', body: { type: 'json', value: { a: '{{v}}', b: '<{{t}}>', c: [{ d: '{{v}}' }] } } })
    const text = fc.oneof(fc.string(), fc.constantFrom(...hostile, 'x","admin":true,"z":"', '"', '\\', '{{t}}'))
    fc.assert(
      fc.property(fc.jsonValue(), text, (v, t) => {
        const { body } = compiled.renderRequest(base, { v, t }, {})
        expect(body).toBe(JSON.stringify({ a: v, b: `<${t}>`, c: [{ d: v }] }))
      }),
      { numRuns: 1000 },
    )
  })

  test('refuses a value nested without end', () => {
    let deep: unknown = 1
    for (let i = 0; i < 100_000; i++) deep = [deep]
    expect(refusal(() => request({ body: { type: 'json', value: '{{v}}' } }, { v: deep }))).toEqual([
      'INVALID_INPUT',
      'The input is nested too deeply.',
    ])
  })
})

describe('other bodies', () => {
  test('a form repeats lists and writes objects as field[key]', () => {
    const { body, headers } = request(
      { body: { type: 'form', value: '{{form}}' } },
      { form: { a: 'x y&z', l: [1, 2], o: { k: { m: true } }, i: [{ p: 1 }], n: null } },
    )
    expect([...new URLSearchParams(String(body))]).toEqual([
      ['a', 'x y&z'],
      ['l', '1'],
      ['l', '2'],
      ['o[k][m]', 'true'],
      ['i[0][p]', '1'],
    ])
    expect(headers['Content-Type']).toBe('application/x-www-form-urlencoded')
  })

  test('a form follows the encoding of its fields', () => {
    const encoding = { l: { style: 'deepObject' }, c: { explode: false }, j: { content_type: 'application/json' } } as const
    const { body } = request(
      { body: { type: 'form', value: { l: '{{l}}', c: '{{l}}', j: '{{l}}' }, encoding } },
      { l: ['a', 'b'] },
    )
    expect(String(body)).toBe('l%5B%5D=a&l%5B%5D=b&c=a,b&j=%5B%22a%22%2C%22b%22%5D')
  })

  test('a form gives every field back', () => {
    const compiled = compile({ method: 'POST', body: { type: 'form', value: { a: '{{a}}', l: '{{l}}' } } })
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(...hostile))
    fc.assert(
      fc.property(text, fc.array(text), (a, l) => {
        const parsed = new URLSearchParams(String(compiled.renderRequest(base, { a, l }, {}).body))
        expect([...parsed]).toEqual([['a', a], ...l.map((item) => ['l', item])])
      }),
      { numRuns: 500 },
    )
  })

  test('a multipart body reads back in a real parser, files included', async () => {
    const value = { text: '{{t}}', file: '{{f}}', tags: ['a', 'b'], meta: { k: 1 } }
    const f = { filename: 'a"\r\nX: y.txt', content_type: 'text/csv', data_base64: Buffer.from('a,b\r\n--x').toString('base64') }
    const { body, headers, bodyValue } = request({ body: { type: 'multipart', value } }, { t: 'é\r\n--boundary', f })
    const form = await new Response(Buffer.from(body ?? ''), {
      headers: { 'content-type': headers['Content-Type'] ?? '' },
    }).formData()
    expect([...form.keys()]).toEqual(['text', 'file', 'tags', 'tags', 'meta'])
    expect(form.get('text')).toBe('é\r\n--boundary')
    const file = form.get('file')
    if (!(file instanceof File)) throw new Error('no file')
    expect([file.type, await file.text()]).toEqual(['text/csv', 'a,b\r\n--x'])
    expect(JSON.stringify(bodyValue)).toContain('[9 bytes]')
    expect(request({ body: { type: 'multipart', value } }, {}).headers['Content-Type']).not.toBe(headers['Content-Type'])
  })

  test('a multipart body refuses a content type that would add a header, and data that is no base64', () => {
    const send = (f: unknown) => refusal(() => request({ body: { type: 'multipart', value: { f: '{{f}}' } } }, { f }))
    expect(send({ data_base64: 'AA==', content_type: 'text/plain\r\nX: y' })[1]).toContain('f.content_type must be a media type')
    expect(send({ data_base64: '§' })[1]).toContain('f.data_base64 must be a text in base64')
  })

  test('XML keeps values inside it as text, and takes a whole document as it is', () => {
    expect(request({ body: { type: 'xml', value: '<a b="{{v}}">{{v}}</a>' } }, { v: '</a><admin x="1"/>\'&' }).body).toBe(
      '<a b="&lt;/a&gt;&lt;admin x=&quot;1&quot;/&gt;&apos;&amp;">&lt;/a&gt;&lt;admin x=&quot;1&quot;/&gt;&apos;&amp;</a>',
    )
    expect(request({ body: { type: 'xml', value: '{{doc}}' } }, { doc: '<a/>' })).toMatchObject({
      body: '<a/>',
      headers: { 'Content-Type': 'application/xml' },
    })
  })

  test('text is text and binary is bytes', () => {
    expect(
      request({ body: { type: 'text', value: 'n={{n}} {{o}}', content_type: 'text/x' } }, { n: 1, o: { a: 1 } }),
    ).toMatchObject({ body: 'n=1 {"a":1}', headers: { 'Content-Type': 'text/x' } })
    expect(request({ body: { type: 'binary', value: '{{b}}' } }, { b: 'AP8=' })).toMatchObject({
      body: Buffer.from([0, 255]),
      bodyValue: '[2 bytes]',
      headers: { 'Content-Type': 'application/octet-stream' },
    })
    expect(refusal(() => request({ body: { type: 'binary', value: '{{b}}' } }, { b: 'not base64!' }))[1]).toContain(
      'b must be a text in base64',
    )
  })
})

describe('defaults', () => {
  const input = {
    type: 'object',
    required: ['version', 'id'],
    properties: { version: { type: 'string', default: 'v2' }, id: { type: 'string' }, page: { type: 'integer', default: 1 } },
  }

  test('fill required inputs that the caller leaves out, and only those', () => {
    const compiled = compile({ path: '/{version}/{id}', query: { page: '{{page}}' }, input })
    expect(compiled.checkInput({ id: 'a' })).toEqual([])
    expect(compiled.inputSchema().required).toEqual(['id'])
    expect(compiled.renderUrl(base, { id: 'a' }, {})).toBe(`${base}/v2/a`)
    expect(compiled.renderUrl(base, { id: 'a', version: 'v3' }, {})).toBe(`${base}/v3/a`)
  })

  test('that a path cannot use count as none', () => {
    const compiled = compile({ path: '/{id}', input: { properties: { id: { type: 'string', default: '' } } } })
    expect(compiled.checkInput({})).toEqual([{ path: '/id', message: 'id is required' }])
  })

  test('of settings come from fields and server variables', () => {
    const document = {
      fields: { region: { default: 'eu' } },
      servers: { production: { url: 'https://{t}.example.com', variables: { t: { default: 'acme' } } } },
    }
    const compiled = compile({ path: '/{{settings.region}}', headers: { 'X-T': '{{settings.t}}' } }, document)
    expect(compiled.renderUrl(base, {}, {})).toBe(`${base}/eu`)
    expect(compiled.renderUrl(base, {}, { region: 'us' })).toBe(`${base}/us`)
    expect(compiled.renderRequest(base, {}, {}).headers['X-T']).toBe('acme')
  })

  test('names of the language are inputs like any other', () => {
    expect(url({ query: { a: '{{constructor}}', b: '{{__proto__}}', c: '{{toString}}' } }, {})).toBe(`${base}/`)
    expect(url({ query: { b: '{{__proto__}}' } }, JSON.parse('{"__proto__":"x"}'))).toBe(`${base}/?b=x`)
  })
})
