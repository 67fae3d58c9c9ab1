/** A value that a JSON Schema accepts, with everything optional in it and characters that have a meaning in URLs and forms. */

type Json = Record<string, unknown>
const record = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}

/** Deeper objects get only what they require. */
const maxDepth = 5

export function sampleOf(root: Json): unknown {
  let count = 0

  function visit(schema: unknown, depth: number): unknown {
    const node = record(schema)
    if (typeof node.$ref === 'string')
      return visit(
        node.$ref
          .slice(2)
          .split('/')
          .reduce<unknown>((at, token) => record(at)[decodeURIComponent(token)], root),
        depth,
      )
    if (Array.isArray(node.enum)) return node.enum.find((value) => value !== null)
    for (const choice of [node.oneOf, node.anyOf]) if (Array.isArray(choice)) return visit(choice[0], depth)
    if (Array.isArray(node.allOf)) {
      // A part that says nothing of the value only describes it.
      const telling = node.allOf.filter((part) =>
        Object.keys(record(part)).some((key) => key !== 'description' && key !== 'title'),
      )
      const parts = telling.map((part) => visit(part, depth))
      return parts.find((part) => typeof part !== 'object') ?? Object.assign({}, ...parts, object(node, depth))
    }
    const type = Array.isArray(node.type) ? node.type.find((name) => name !== 'null') : node.type
    count += 1
    if (type === 'integer' || type === 'number') return Math.max(Number(node.minimum ?? 1), 1)
    if (type === 'boolean') return true
    if (type === 'array' || (type === undefined && node.items !== undefined))
      return depth >= maxDepth
        ? []
        : Array.from({ length: Math.max(2, Number(node.minItems ?? 0)) }, () => visit(node.items, depth + 1))
    if (type === 'object' || node.properties !== undefined) return object(node, depth)
    return text(node)
  }

  function object(node: Json, depth: number): Json {
    const properties = record(node.properties)
    // A file, as the connector format takes it.
    if (properties.data_base64 !== undefined)
      return { filename: 'scan é.png', content_type: 'image/png', data_base64: text({ contentEncoding: 'base64' }) }
    const required = Array.isArray(node.required) ? node.required.map(String) : []
    const wanted = depth < maxDepth ? Object.keys(properties).filter((name) => record(properties[name]).readOnly !== true) : []
    return Object.fromEntries([...new Set([...required, ...wanted])].map((name) => [name, visit(properties[name], depth + 1)]))
  }

  function text(node: Json): string {
    if (node.contentEncoding === 'base64') return Buffer.from([0, 13, 10, 45, 45, 255, count]).toString('base64')
    const fixed: Json = {
      'date-time': '2026-11-21T12:30:00Z',
      date: '2026-11-21',
      email: 'ada@example.test',
      uri: 'https://example.test/a?b=c&d=e',
      url: 'https://example.test/a?b=c&d=e',
      uuid: '0b9a7e9c-36a4-4e7d-9a3e-2f6b0c1d5e4f',
      time: '12:30:00Z',
    }
    const known = typeof node.format === 'string' ? fixed[node.format] : undefined
    if (typeof known === 'string') return known
    const counted = /^\^(\w*)\[0-9a-fA-F\]\{(\d+)\}\$$/.exec(String(node.pattern))
    if (counted !== null) return counted[1] + String(count).padStart(Number(counted[2]), '0')
    if (node.pattern !== undefined) throw new Error(`no sample for the pattern ${String(node.pattern)}`)
    return `v${count} /?#[]@!$&'()*+,;=%é`.slice(0, Number(node.maxLength ?? 100)).padEnd(Number(node.minLength ?? 0), 'x')
  }

  return visit(root, 0)
}
