import { buildSchema, introspectionFromSchema, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { compileConnector } from '../src/definition/compile.ts'
import { importGraphql } from '../src/definition/import/graphql/graphql.ts'
import { parseConnector } from '../src/definition/parse.ts'
import { properties } from './support/small-spec.ts'

const sdl = `
  """Reads"""
  type Query {
    "One user"
    user(id: ID!, filter: Filter = {name: "x"}): User
    users(first: Int, kinds: [Kind!]): Page!
    search(q: String!): [Hit!]!
    node(id: ID!): Node
    version: String! @deprecated(reason: "old")
  }
  type Mutation { addUser(user: Filter!, fields: [String!]): User!  deleteUser(id: ID!): Boolean }
  type Subscription { userAdded: User }
  interface Node { id: ID! }
  union Hit = User | Post
  input Filter { name: String!, and: [Filter!], kind: Kind = ADMIN, at: DateTime, extra: JSON }
  input Choice @oneOf { a: Int, b: Int }
  enum Kind { ADMIN USER }
  scalar JSON
  scalar DateTime
  type Page { edges: [Edge!] pageInfo: PageInfo! }
  type Edge { node: User cursor: String! }
  type PageInfo { hasNextPage: Boolean! }
  type User implements Node { id: ID! name: String! kind: Kind posts(first: Int!): [Post!] best: Post friend: User avatar(size: Int!): String }
  type Post implements Node { id: ID! name: Int title: String author: User }
`
const serverUrl = 'https://api.acme.test/graphql'
function imported(source: unknown = sdl) {
  const { document, report } = importGraphql(source, { serverUrl })
  parseConnector(document)
  return { document, report, compiled: compileConnector(document, '1.0.0') }
}
const sent = (name: string, input: object) => {
  const action = imported().compiled.actions.get(name)
  return JSON.parse(String(action?.renderRequest(serverUrl, { ...input }, {}).body)) as { query: string; variables?: object }
}

describe('a GraphQL schema', () => {
  test('becomes an action for each query and mutation, and names what cannot be called', () => {
    const { document, report } = imported()
    expect(Object.keys(document.actions)).toEqual(['user', 'users', 'search', 'node', 'version', 'add_user', 'delete_user'])
    expect(Object.values(document.actions).map(({ effect }) => effect)).toEqual([
      'read',
      'read',
      'read',
      'read',
      'read',
      'write',
      'destructive',
    ])
    expect(document.actions.version).toMatchObject({ deprecated: true, method: 'POST', path: '/graphql' })
    expect(report).toMatchObject({ format: 'GraphQL schema', operations: 8, imported: 7 })
    expect(report.entries).toContainEqual(
      expect.objectContaining({ code: 'not_callable', pointer: expect.stringMatching(/^line 12, /) }),
    )
    expect(report.entries).toContainEqual(
      expect.objectContaining({ code: 'schema_adjusted', message: expect.stringContaining('"JSON"') }),
    )
  })

  test('is the same from an introspection result, as object, as text, and with its envelope', () => {
    const result = introspectionFromSchema(buildSchema(sdl))
    const { actions, schemas } = imported().document
    for (const source of [result, JSON.stringify(result), JSON.stringify({ data: result })])
      expect(imported(source).document).toMatchObject({ actions, schemas })
    expect(imported({ data: result }).report.entries).toContainEqual(
      expect.objectContaining({
        code: 'not_callable',
        pointer: expect.stringMatching(/^\/data\/__schema\/types\/\d+\/fields\/0$/),
      }),
    )
  })

  test('asks by default for something that the API understands, for every action', () => {
    const schema = buildSchema(sdl)
    for (const name of Object.keys(imported().document.actions)) {
      const { query } = sent(name, { id: '1', q: 'x', user: { name: 'x' } })
      expect([name, validate(schema, parse(query)).map(({ message }) => message)]).toEqual([name, []])
    }
  })

  test('asks for plain fields first, follows pages, cuts what leads back, and takes unions apart', () => {
    expect(sent('user', { id: '1' })).toEqual({
      query: 'query user($id: ID!, $filter: Filter) { user(id: $id, filter: $filter) { id name kind best { id name title } } }',
      operationName: 'user',
      variables: { id: '1' },
    })
    expect(sent('users', {}).query).toContain(
      'edges { node { id name kind best { id name title } } cursor } pageInfo { hasNextPage }',
    )
    expect(sent('search', { q: 'x' }).query).toMatch(/__typename \.\.\. on User \{ id name .*\} \.\.\. on Post \{ id title/)
    expect(sent('version', {})).toEqual({ query: 'query version { version }', operationName: 'version' })
  })

  test('describes inputs with their enums, lists, required parts and cycles', () => {
    const { document } = imported()
    expect(document.actions.user?.input).toMatchObject({
      required: ['id', 'fields'],
      properties: { filter: { $ref: '#/schemas/Filter' } },
    })
    expect(document.actions.users?.input).toMatchObject({
      properties: { kinds: { type: 'array', items: { $ref: '#/schemas/Kind' } } },
    })
    expect(document.schemas).toMatchObject({
      Kind: { type: 'string', enum: ['ADMIN', 'USER'] },
      Filter: {
        properties: { and: { type: 'array', items: { $ref: '#/schemas/Filter' } }, at: { type: 'string' }, extra: {} },
        required: ['name'],
        additionalProperties: false,
      },
    })
  })

  test('lets a caller choose fields, and nothing beyond them', () => {
    const action = imported().compiled.actions.get('user')
    const problems = (fields: string) => action?.checkInput({ id: '1', fields }).length
    for (const fields of ['id', 'id, name', 'id best { id author { name } }', '... on User { id }'])
      expect([fields, problems(fields)]).toEqual([fields, 0])
    for (const fields of [
      '',
      'id }',
      'id } } mutation { deleteUser(id: 1)',
      'posts(first: 1) { id }',
      'a: id',
      'id @skip(if: true)',
      '...F',
      'id # x',
      '{ id }',
      'id { id',
    ])
      expect([fields, problems(fields)]).toEqual([fields, 1])
    expect(sent('user', { id: '1', fields: 'id' }).query).toContain('{ id }')
    // An argument of the API's own that is called so goes before.
    expect(Object.keys(properties(imported().document.actions.add_user?.input))).toEqual(['user', 'fields', 'fields_to_return'])
  })

  test('has an answer without its envelope, and knows a failure with status 200', () => {
    const action = imported().compiled.actions.get('user')
    expect(action?.mapResponse({ data: { user: { id: '1' } } })).toEqual({ id: '1' })
    expect(action?.checkOutput({ data: { user: { id: '1', name: 'x', kind: null, best: null, more: 1 } } })).toEqual([])
    expect(action?.checkOutput({ data: { user: { id: 1 } } })).toHaveLength(1)
    expect(action?.failureOf(200, { data: null, errors: [{ message: 'no' }] })).toMatchObject({ by: 'content' })
    for (const body of [{ data: {} }, { data: {}, errors: [] }, { errors: null }, [], null, 'errors'])
      expect(action?.failureOf(200, body)).toBeNull()
  })

  test('stays bounded where types refer to one another without end', () => {
    const types = Array.from(
      { length: 60 },
      (_, i) => `type T${i} { ${Array.from({ length: 60 }, (_, j) => `s${j}: String f${j}: T${(i * 7 + j) % 60}`).join(' ')} }`,
    )
    const { document } = imported(`type Query { t: T0 } ${types.join(' ')}`)
    expect(document.actions.t?.body?.value).toMatchObject({ query: 'query t { t { {{fields}} } }' })
    expect(JSON.stringify(document.actions.t).length).toBeLessThan(40_000)
  })

  test.each<[string, unknown, RegExp]>([
    ['no server', null, /server_url/],
    ['a mistake', 'type Query { a: Missing }', /Unknown type/],
    ['no query', 'type A { a: Int }', /no paths|no operations|None|Query/],
    ['introspection turned off', { data: null, errors: [{ message: 'introspection disabled' }] }, /introspection disabled/],
    ['lists in lists', `type Query { a: ${'['.repeat(10_000)}Int${']'.repeat(10_000)} }`, /too deeply|cannot be read/],
    [
      'values in values',
      `type Query { a(x: Int = ${'['.repeat(10_000)}1${']'.repeat(10_000)}): Int }`,
      /too deeply|cannot be read/,
    ],
    ['a forbidden key', JSON.stringify({ __schema: { types: [JSON.parse('{"__proto__": {"a": 1}}')] } }), /__proto__/],
  ])('with %s is refused with what to do', (_, source, problem) => {
    if (source === null) expect(() => importGraphql(sdl)).toThrow(problem)
    else expect(() => imported(source)).toThrow(problem)
  })
})
