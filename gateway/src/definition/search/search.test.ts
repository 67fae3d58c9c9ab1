import { describe, expect, it } from 'vitest'
import type { ConnectorDocument } from '../document.ts'
import { parseConnector } from '../parse.ts'
import { searchSegments } from './query.ts'
import { buildSegment } from './segment.ts'
import { wordsOf } from './words.ts'

const action = (method: string, path: string, description: string, tags: string[] = []) => ({ method, path, description, tags })

const shop = parseConnector({
  connector: 'shop',
  name: 'Corner Shop',
  servers: { production: { url: 'https://shop.example.test' } },
  actions: {
    list_customers: action('GET', '/customers', 'All customers of the shop.'),
    get_customer: action('GET', '/customers/{{id}}', 'One customer.'),
    delete_customer: action('DELETE', '/customers/{{id}}', 'Ends a relation.'),
    create_invoice: action('POST', '/invoices', 'A new invoice for a customer.'),
    list_pull_requests: action('GET', '/pulls', 'Open requests.', ['pull requests']),
    create_webhook: action('POST', '/webhooks', 'Tells a server of changes.'),
    get_place: action('GET', '/places/{{id}}', 'Où est le café?'),
    delete_customer_discount: action('DELETE', '/customers/{{id}}/discount', 'Ends a reduction.'),
    list_starred_projects: action('GET', '/starred', 'List starred projects.'),
    star_project: action('PUT', '/starred/{{id}}', 'Star a project for the user.'),
  },
})
const zoo = parseConnector({
  connector: 'zoo',
  name: 'City Zoo',
  servers: { production: { url: 'https://zoo.example.test' } },
  actions: { list_customers: action('GET', '/visitors', 'Customers of the zoo.') },
})

async function search(request: string, documents: readonly ConnectorDocument[] = [shop], limit = 3) {
  const searched = await Promise.all(
    documents.map(async (document) => ({ key: document.connector, segment: await buildSegment(document) })),
  )
  return searchSegments(request, searched, limit)
}
const first = async (request: string, documents?: readonly ConnectorDocument[]) => (await search(request, documents))[0]?.action

describe('a search for tools', () => {
  it.each([
    ['which customers are there', 'list_customers'],
    ['remove a client', 'delete_customer'],
    ['throw a customer away', 'delete_customer'],
    ['make a bill', 'create_invoice'],
    ['PRs', 'list_pull_requests'],
    ['a web hook', 'create_webhook'],
    ['invoi', 'create_invoice'],
    ['add an invocie', 'create_invoice'],
    ['cafe', 'get_place'],
    ['star a project', 'star_project'],
    ['my starred projects', 'list_starred_projects'],
    ['delete the discount of a client', 'delete_customer_discount'],
  ])('understands %j', async (request, expected) => {
    expect(await first(request)).toBe(expected)
  })

  it('prefers the connector that is named', async () => {
    expect((await search('customers of the zoo', [shop, zoo]))[0]?.key).toBe('zoo')
    expect((await search('shop customers', [zoo, shop]))[0]?.key).toBe('shop')
  })

  it('says which words it found, and where', async () => {
    const [hit] = await search('list customers')
    expect(hit?.matched).toContainEqual({ word: 'customers', in: ['name', 'summary', 'resource', 'description'] })
  })

  it('answers nothing to what is nowhere, and to nothing', async () => {
    for (const request of ['zebra xylophone', '', '   ', '!?', '{{}}']) expect(await search(request)).toEqual([])
  })

  it('answers at most what was asked for, best first', async () => {
    const hits = await search('customer', [shop, zoo], 2)
    expect(hits).toHaveLength(2)
    expect(hits[0]?.score).toBeGreaterThanOrEqual(hits[1]?.score ?? Number.NaN)
  })

  it('takes long and hostile requests', async () => {
    for (const request of ['customer '.repeat(5000), `${'a'.repeat(100_000)}`, '__proto__ constructor', 'throw '.repeat(2000)])
      expect((await search(request)).length).toBeLessThanOrEqual(3)
  })
})

it('splits names of every style into the same words', () => {
  for (const name of ['listPullRequests', 'list_pull_requests', 'list-pull-requests', 'ListPullRequests', 'list pull requests'])
    expect(wordsOf(name)).toEqual(['list', 'pull', 'requests'])
  expect(wordsOf('getHTTPResponse2xx')).toEqual(['get', 'http', 'response', '2', 'xx'])
  expect(wordsOf('Größe des Cafés')).toEqual(['große', 'des', 'cafes'])
})
