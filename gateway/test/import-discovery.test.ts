import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildSchema, graphqlSync } from 'graphql'
import { afterEach, describe, expect, test } from 'vitest'
import { createImporter } from '../src/connections/import/importer.ts'
import { jobOf } from '../src/connections/import/source.ts'
import { detectFormat } from '../src/definition/import/detect.ts'
import { discover, type FetchPage } from '../src/definition/import/discovery/discover.ts'
import { importDetected } from '../src/definition/import/import-any.ts'
import type { ImportReport } from '../src/definition/import/report.ts'
import type { Egress, EgressRequest } from '../src/egress/types.ts'

const json = JSON.stringify
const spec = json({ openapi: '3.1.0', info: { title: 'Acme' }, servers: [{ url: '/v1' }], paths: { '/a': { get: {} } } })
const html = (body: string, head = '') => `<!doctype html><html><head>${head}</head><body>${body}</body></html>`

/** A site served over a real socket, and what was asked of it. */
interface Site {
  readonly url: string
  readonly asked: string[]
}
const servers: Server[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve)))))

type Pages = Readonly<Record<string, string | (() => string)>>
async function site(
  pages: Pages | ((path: string) => string | undefined),
  headers: Readonly<Record<string, string>> = {},
): Promise<Site> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    asked.push(path)
    const page = typeof pages === 'function' ? pages(path) : Object.hasOwn(pages, path) ? pages[path] : undefined
    response.writeHead(page === undefined ? 404 : 200, headers)
    response.end(typeof page === 'function' ? page() : (page ?? ''))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const get: FetchPage = async (url, maxBytes) => {
  const response = await fetch(url)
  if (response.status !== 200) throw new Error(`it answered ${response.status}`)
  const text = await response.text()
  if (text.length > maxBytes) throw new Error('it is too long')
  const link = response.headers.get('link')
  return { url: response.url, text, ...(link === null ? {} : { link }) }
}

describe('the description of an API is found', () => {
  const state = `const __redoc_state = {"menu":{},"spec":{"data":${spec}}};Redoc.hydrate(__redoc_state, container);`
  test.each<[string, Pages, string, string]>([
    ['at the address itself', { '/spec': spec }, '/spec', '/spec'],
    ['at a usual place', { '/swagger.json': spec, '/': html('hi') }, '/', '/swagger.json'],
    ['beside a page of an API', { '/api/v2/openapi.json': spec }, '/api/v2/', '/api/v2/openapi.json'],
    [
      'in an API catalog',
      {
        '/.well-known/api-catalog': json({
          linkset: [{ anchor: 'https://x.test', 'service-desc': [{ href: '/d/acme', type: 'application/json' }] }],
        }),
        '/d/acme': spec,
      },
      '/',
      '/d/acme',
    ],
    [
      'through an API catalog of catalogs',
      {
        '/.well-known/api-catalog': json({ linkset: [{ item: [{ href: '/more' }] }] }),
        '/more': json({ linkset: [{ 'service-desc': [{ href: '/d' }] }] }),
        '/d': spec,
      },
      '/',
      '/d',
    ],
    [
      'by Swagger UI in the page',
      {
        '/': html('<div id="swagger-ui"></div><script>SwaggerUIBundle({ url: "./def.json", dom_id: "#swagger-ui" })</script>'),
        '/def.json': spec,
      },
      '/',
      '/def.json',
    ],
    [
      'by Swagger UI in its initializer',
      {
        '/ui/': html('<script src="./swagger-initializer.js"></script>'),
        '/ui/swagger-initializer.js': 'window.ui = SwaggerUIBundle({ urls: [{ url: "/d/a", name: "A" }] })',
        '/d/a': spec,
      },
      '/ui/',
      '/d/a',
    ],
    [
      'embedded in the script of Swagger UI',
      {
        '/ui/': html('<script src="./swagger-ui-init.js"></script>'),
        '/ui/swagger-ui-init.js': `let options = { "swaggerDoc": ${spec}, "customOptions": {} }`,
      },
      '/ui/',
      '/ui/swagger-ui-init.js',
    ],
    ['by Redoc', { '/': html('<redoc spec-url="d/x"></redoc>'), '/d/x': spec }, '/', '/d/x'],
    ['embedded by Redoc', { '/': html(`<script>${state}</script>`) }, '/', '/'],
    ['by Scalar', { '/': html('<script id="api-reference" data-url="/d/x"></script>'), '/d/x': spec }, '/', '/d/x'],
    ['embedded by Scalar', { '/': html(`<script id="api-reference" type="application/json">${spec}</script>`) }, '/', '/'],
    [
      'in the settings of Scalar',
      { '/': html(`<script id="api-reference" data-configuration='${json({ spec: { content: spec } })}'></script>`) },
      '/',
      '/',
    ],
    ['by a link of the page', { '/': html('', '<link rel="service-desc" href="/d/x">'), '/d/x': spec }, '/', '/d/x'],
    [
      'by llms.txt',
      { '/llms.txt': '# Acme\n- [API](/files/acme-openapi.json): all of it', '/files/acme-openapi.json': spec },
      '/',
      '/files/acme-openapi.json',
    ],
    [
      'behind a page of documentation',
      {
        '/': html('<a href="/docs/intro">Docs</a>'),
        '/docs/intro': html('<a href="/files/postman_collection.json">Postman</a>'),
        '/files/postman_collection.json': json({ info: {}, item: [] }),
      },
      '/',
      '/files/postman_collection.json',
    ],
  ])('%s', async (_, pages, start, place) => {
    const { url } = await site(pages)
    const { found } = await discover(`${url}${start}`, get)
    expect(found?.url).toBe(`${url}${place}`)
    expect(detectFormat(found?.text ?? '').format).toBe(found?.format)
  })

  test('by a Link header', async () => {
    const { url } = await site({ '/': html('hi'), '/d/x': spec }, { link: '</d/x>; rel="service-desc"; type="application/json"' })
    expect((await discover(url, get)).found?.url).toBe(`${url}/d/x`)
  })
})

test('documentation without a description becomes a draft of its curl examples and tables', async () => {
  const { url } = await site({
    '/docs/': html(`<p>Base URL: https://api.acme.test/v2</p><h2>GET /users/{id}</h2>
      <pre><code>curl -X POST https://api.acme.test/v2/users \\
  -H "Authorization: Bearer $TOKEN" -d '{"name": "Bob"}'</code></pre>
      <table><tr><th>Method</th><th>Path</th><th>What</th></tr><tr><td>GET</td><td>/orders</td><td>All orders</td></tr>
      <tr><td><code>DELETE /orders/:id</code></td><td>Ends one</td></tr></table>`),
  })
  const { found, draft, tried } = await discover(`${url}/docs/`, get)
  expect(found).toBeNull()
  expect(tried.length).toBeGreaterThan(10)
  const imported = importDetected(draft ?? '', detectFormat(draft ?? ''))
  expect(imported?.document).toMatchObject({
    servers: { production: { url: 'https://api.acme.test' } },
    auth: { bearer: { type: 'bearer' } },
    actions: {
      post_v2_users: { body: { value: { name: '{{name}}' } } },
      get_v2_users_id: { path: '/v2/users/{id}' },
      get_v2_orders: { description: 'All orders' },
      delete_v2_orders_id: { path: '/v2/orders/{id}' },
    },
  })
})

describe('a hostile site', () => {
  test('that links to itself without end is asked a bounded number of times', async () => {
    let count = 0
    const { url, asked } = await site(() =>
      html(Array.from({ length: 50 }, () => `<a href="/docs/${count++}">x</a><a href="/openapi-${count++}.json">y</a>`).join('')),
    )
    const { found, tried } = await discover(url, get)
    expect(found).toBeNull()
    expect(asked.length).toBeLessThanOrEqual(40)
    expect(tried.length).toBeGreaterThan(20)
  })

  test('leads to few addresses of other hosts, and to none by an ordinary link', async () => {
    const other = await site(() => undefined)
    const named = Array.from({ length: 30 }, (_, index) => `<a href="${other.url}/openapi-${index}.json">x</a>`).join('')
    const { url } = await site({
      '/': html(
        `${named}<a href="${other.url}/docs/a">d</a><a href="file:///etc/passwd">f</a><a href="http://u:p@127.0.0.1/openapi.json">u</a>`,
      ),
    })
    const { tried } = await discover(url, get)
    expect(other.asked.length).toBe(5)
    expect(other.asked).not.toContain('/docs/a')
    expect(tried).toContainEqual(expect.objectContaining({ outcome: expect.stringContaining('not asked') }))
    expect(json(tried)).not.toMatch(/passwd|u:p/)
  })

  test.each<[string, string]>([
    ['is nested without end', '<div>'.repeat(300_000)],
    ['has a tag that never closes', `<a href="${'x'.repeat(2_000_000)}`],
    ['has scripts full of starts', `<script>${'{"openapi":"3.'.repeat(200_000)}</script>`],
    ['has a script of braces', `<script>swagger ${'{'.repeat(2_000_000)}</script>`],
    ['has settings that never end', `<script>swagger ${'url: "'.repeat(300_000)}</script>`],
    ['has tables without end', `<table>${'<tr><td>GET</td><td>/a</td></tr>'.repeat(100_000)}</table>`],
    ['has commands without end', `<pre>${"curl 'x\n".repeat(5000)}</pre>`.repeat(20)],
  ])('whose page %s is read in bounded time', async (_, body) => {
    const { url } = await site({ '/': html(body) })
    const { found } = await discover(url, get)
    expect(found).toBeNull()
  })
})

describe('an import from an address', () => {
  const egressOf = (site: Site) => ({
    request: async ({ url, maxResponseBytes, method, headers, body: sent }: EgressRequest) => {
      const asked = { method, headers: headers as Record<string, string>, ...(typeof sent === 'string' && { body: sent }) }
      const page = await fetch(url.startsWith(site.url) ? url : `${site.url}/elsewhere`, asked)
      const body = Buffer.from(await page.arrayBuffer())
      if (body.length > maxResponseBytes) throw new Error('too large')
      return { status: page.status, headers: Object.fromEntries(page.headers), body, url: page.url }
    },
  })
  const draftFrom = async (pages: Parameters<typeof site>[0], start: string) => draftOf(await site(pages), start)
  const draftOf = async (served: Site, start: string) => {
    const importer = createImporter({ egress: egressOf(served) as unknown as Egress })
    const { json } = await importer.run(
      await jobOf({ url: `${served.url}${start}` }, 'draft', {
        ...importer,
        pick: () => Promise.reject(new Error('no catalog')),
        tools: () => Promise.reject(new Error('no MCP server')),
      }),
    )
    const { document, report } = JSON.parse(Buffer.from(json).toString('utf8')) as Draft
    return { document, report, url: served.url }
  }
  interface Draft {
    readonly document: { readonly servers: object; readonly actions: object }
    readonly report: ImportReport
  }

  test('of documentation finds the description, resolves its servers from there, and says where it was', async () => {
    const { document, report, url } = await draftFrom(
      { '/docs/': html('<redoc spec-url="/files/x"></redoc>'), '/files/x': spec },
      '/docs/',
    )
    expect(document.servers).toEqual({ production: { url: `${url}/v1` } })
    expect(report.entries[0]).toMatchObject({ code: 'discovered', message: expect.stringContaining(`${url}/files/x`) })
  })

  test('of a GraphQL endpoint asks it for its schema', async () => {
    const { document, report, url } = await draftFrom((path) => {
      const query = new URL(path, 'http://x').searchParams.get('query')
      return query === null
        ? undefined
        : json(graphqlSync({ schema: buildSchema('type Query { a(id: ID!): Int }'), source: query }))
    }, '/graphql')
    expect(document).toMatchObject({
      servers: { production: { url } },
      actions: { a: { path: '/graphql', input: { required: ['id'] } } },
    })
    expect(report.format).toBe('GraphQL introspection')
  })

  test('of a GraphQL endpoint that takes queries by POST alone asks it so, and nothing else is posted anywhere', async () => {
    const posted: string[] = []
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      if (request.method === 'POST') posted.push(request.url ?? '')
      const isAsked = request.method === 'POST' && request.url === '/graphql'
      response.writeHead(isAsked ? 200 : 405, { 'Content-Type': 'application/json' })
      const { query } = isAsked ? (JSON.parse(body) as { query: string }) : { query: '' }
      response.end(isAsked ? json(graphqlSync({ schema: buildSchema('type Query { a(id: ID!): Int }'), source: query })) : '')
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { document, report } = await draftOf({ url, asked: [] }, '/graphql')
    expect(document).toMatchObject({ servers: { production: { url } }, actions: { a: { path: '/graphql' } } })
    expect(report.format).toBe('GraphQL introspection')
    expect(posted).toEqual(['/graphql'])
  })

  test('of an API that answers nothing itself looks at the usual places', async () => {
    const { report } = await draftFrom({ '/openapi.json': spec }, '/')
    expect(report.entries[0]).toMatchObject({ code: 'discovered' })
  })

  test('without any description brings a draft, and says that it is one', async () => {
    const { document, report } = await draftFrom({ '/': html('<pre>curl https://api.acme.test/users/7</pre>') }, '/')
    expect(Object.keys(document.actions)).toEqual(['get_users_user_id'])
    expect(report.entries[0]).toMatchObject({ code: 'drafted', level: 'warning' })
  })

  test('that leads to nothing is refused with what was tried', async () => {
    await expect(draftFrom({ '/': html('hi') }, '/')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      diagnostics: { tried: expect.arrayContaining([expect.objectContaining({ outcome: expect.stringContaining('404') })]) },
    })
    await expect(draftFrom({}, '/openapi.json')).rejects.toMatchObject({ code: 'UPSTREAM_ERROR' })
  })
})
