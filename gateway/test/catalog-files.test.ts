import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { createCatalog } from '../src/connections/catalog/catalog.ts'
import { fieldsOf } from '../src/connections/schemes/credential.ts'
import { compileConnector } from '../src/definition/compile.ts'
import type { ConnectorDocument } from '../src/definition/document.ts'
import { parseConnector } from '../src/definition/parse.ts'
import { toolFormats } from '../src/definition/tool/family.ts'
import { lintTool } from '../src/definition/tool/lint.ts'
import { toolCompiler } from '../src/definition/tool/tool.ts'

/** Every file of the catalog keeps the rules by which people find, connect and call what is in it. */

const folder = fileURLToPath(new URL('../../catalog/', import.meta.url))
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))
const categories = [
  ...['ai', 'analytics', 'cloud', 'commerce', 'communication', 'crm', 'data', 'design', 'development', 'documents'],
  ...['education', 'email', 'events', 'finance', 'forms', 'hr', 'identity', 'maps', 'marketing', 'media', 'monitoring'],
  ...['productivity', 'project-management', 'security', 'social', 'storage', 'support', 'travel', 'weather'],
]

/** Every address in the document, with its place. */
function* addresses(value: unknown, at = ''): Generator<[string, string]> {
  if (typeof value === 'string' && /^[a-z]+:\/\//i.test(value)) yield [at, value]
  if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) yield* addresses(inner, `${at}/${key}`)
}

/** Each server with something in its variables. */
function bases(document: ConnectorDocument): readonly string[] {
  const connector = compileConnector(document, '1.0.0')
  return connector.environments.flatMap((environment) => {
    const variables = Object.entries(document.servers?.[environment]?.variables ?? {})
    const settings = variables.map(([name, { default: usual, enum: values }]) => [name, usual ?? values?.[0] ?? 'sample'])
    const fields = Object.entries(document.fields ?? {}).map(([name, field]) => [name, field.default ?? 'sample'])
    return connector.baseUrl(environment, Object.fromEntries([...fields, ...settings])) ?? []
  })
}

test('there are at least 200 providers, 60 of them with a curated set of actions', () => {
  expect(files.length).toBeGreaterThanOrEqual(200)
  const curated = files.filter((file) => Object.keys(parseConnector(readFileSync(folder + file, 'utf8')).actions).length >= 8)
  expect(curated.length).toBeGreaterThanOrEqual(60)
})

test('the index has exactly the files, in order', async () => {
  const ids = (await createCatalog(folder).entries()).map(({ id }) => `${id}.yaml`)
  expect(ids).toEqual(files.toSorted())
})

describe.each(files)('%s', (file) => {
  const document = parseConnector(readFileSync(folder + file, 'utf8'))
  const connector = compileConnector(document, '1.0.0')

  test('is named for its connector and says what it is', () => {
    expect(`${document.connector}.yaml`).toBe(file)
    expect(categories).toContain(document.category)
    expect(document.brand?.color).toMatch(/^#[0-9a-f]{6}$/)
    expect(document.description).toMatch(/^.{10,200}\.$/)
    expect(document.docs).toMatch(/^https:\/\//)
  })

  test('has https addresses only', () => {
    expect([...addresses(document)].filter(([, address]) => !/^(https|urn):/.test(address))).toEqual([])
    for (const base of bases(document)) expect(base).toMatch(/^https:\/\//)
  })

  test('guides through every way to sign in, and its fields are told apart by name', () => {
    for (const [name, scheme] of Object.entries(document.auth ?? {})) {
      if (scheme.type !== 'none') expect(document.guide?.[name]?.length, name).toBeGreaterThan(0)
      const settings = [document.fields ?? {}, ...Object.values(document.servers ?? {}).map(({ variables = {} }) => variables)]
      const names = new Set(settings.flatMap((group) => Object.keys(group)))
      expect(fieldsOf(scheme).filter((field) => names.has(field.name))).toEqual([])
    }
  })

  test('has a probe that reads within its own servers', () => {
    const probe = connector.verify()
    if (probe === null || probe.action.kind !== 'http') return
    const { action } = probe
    expect(action.effect).toBe('read')
    expect(action.checkInput(probe.input)).toEqual([])
    const input = probe.input as Record<string, unknown>
    const settings = Object.fromEntries(
      Object.entries(document.fields ?? {}).map(([name, field]) => [name, field.default ?? 'sample']),
    )
    for (const base of bases(document)) expect(connector.urlAllowed(action.renderUrl(base, input, settings), base)).toBe(true)
  })

  test('has actions that every family of models takes', () => {
    const compile = toolCompiler()
    for (const action of connector.actions.values()) {
      expect(action.description, action.name).not.toBe('')
      for (const format of toolFormats) {
        const { description, schema } = compile(action, connector.name, format)
        expect(lintTool({ name: action.name, description, schema }, format), `${action.name} for ${format}`).toEqual([])
      }
    }
  })
})
