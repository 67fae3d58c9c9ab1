import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { schemeTypes } from '../src/connections/schemes/registry.ts'
import { compileConnector } from '../src/definition/compile.ts'
import { parseConnector } from '../src/definition/parse.ts'
import { errorCodes } from '../src/errors.ts'

const root = join(import.meta.dirname, '../..')
const pages = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], { cwd: root, exclude: ['**/node_modules/**'] })
const read = (page: string) => readFileSync(join(root, page), 'utf8')

/** What a page names: files and folders of the repository in code type, and the targets of its links. */
function namedPaths(page: string): string[] {
  const text = read(page).replace(/```[\s\S]*?```/g, '')
  const inCode = [...text.matchAll(/`((?:gateway|sdk|dashboard|examples|bench|scripts|docs|\.ci)\/[^`\s*]*)`/g)].map(
    ([, path]) => path ?? '',
  )
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map(([, target]) =>
    join(dirname(page), target ?? ''),
  )
  return [...inCode, ...links].filter((path) => !path.startsWith('dashboard/dist'))
}

describe('the documentation', () => {
  test.each(pages)('%s names only files that are there', (page) => {
    expect(namedPaths(page).filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  test('ARCHITECTURE.md tells every stage of the pipeline, in its order', () => {
    const pipeline = read('gateway/src/call/pipeline.ts')
    const stages = [...pipeline.matchAll(/trace\.(?:step\(|named\(name, )(\w+)/g)].map(([, name]) =>
      name?.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    )
    const told = [...read('ARCHITECTURE.md').matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, name]) => name)
    expect(stages.length).toBeGreaterThan(10)
    expect(told).toEqual(stages.filter((name) => existsSync(join(root, `gateway/src/call/stages/${name}.ts`))))
  })

  test('ARCHITECTURE.md names only codes of the catalogue', () => {
    const codes = [...read('ARCHITECTURE.md').matchAll(/`([A-Z]+_[A-Z_]+)`/g)].map(([, code]) => code ?? '')
    expect(codes.filter((code) => !(errorCodes as readonly string[]).includes(code))).toEqual([])
  })

  test('README lists exactly the settings that config.ts reads', () => {
    const inCode = new Set(
      [...read('gateway/src/config.ts').matchAll(/\b(?:get|secret)\('([A-Z_]+)'\)/g)].map(([, name]) => name),
    )
    const inTable = new Set([...read('README.md').matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, name]) => name))
    expect(inTable).toEqual(inCode)
  })

  test('the guide to authentication names for each scheme a test that is there', () => {
    const rows = [
      ...read('docs/guide/authentication.md').matchAll(/^\| `(\w+)` +\|.*\| `(gateway\/test\/[\w.-]+)`: (.+?) +\|$/gm),
    ]
    const missing = rows.filter(([, , file = '', name = '']) => !read(file).includes(name)).map(([row]) => row)
    expect(missing).toEqual([])
    expect([...new Set(rows.map(([, scheme]) => scheme))].sort()).toEqual([...schemeTypes].sort())
  })

  test('the connector file of the guide compiles', () => {
    const blocks = [...read('docs/guide/connector-file.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '')
    const [whole, ...others] = blocks.filter((text) => text.startsWith('connector:'))
    expect(others).toEqual([])
    const document = parseConnector(whole ?? '')
    expect([...compileConnector(document, '1.0.0').actions.keys()]).toEqual(['list_customers', 'get_customer', 'add_note'])
  })
})
