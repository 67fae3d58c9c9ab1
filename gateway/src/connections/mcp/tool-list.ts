import type { Client, StandardSchemaV1 } from '@modelcontextprotocol/client'
import { isObject } from '../../definition/json-schema/keywords.ts'
import { SallyportError } from '../../errors.ts'
import { canonicalJson, sha256 } from '../../vault/digest.ts'

/** What a server may list: more is a fault or an attack. */
const maxTools = 2_000
const maxPages = 100
const maxChars = 16 * 1024 * 1024

/** A tool as its server describes it; nothing in it is trusted. */
export interface UpstreamTool extends Readonly<Record<string, unknown>> {
  readonly name: string
  /** Of everything that tells people and models what it is. */
  readonly fingerprint: string
}

/** What may not change unseen. Pictures and what servers add for their own use may. */
function fingerprintOf({ name, title, description, inputSchema, outputSchema, annotations }: Readonly<Record<string, unknown>>) {
  return sha256(canonicalJson({ name, title, description, inputSchema, outputSchema, annotations })).toString('hex')
}

/** One that cannot be told from another by its text has an empty fingerprint, and is never called. */
function described(
  tool: Readonly<Record<string, unknown>>,
  name: string,
): { readonly tool: UpstreamTool; readonly chars: number } {
  try {
    return { tool: { ...tool, name, fingerprint: fingerprintOf(tool) }, chars: JSON.stringify(tool).length }
  } catch {
    return { tool: { name, fingerprint: '' }, chars: name.length }
  }
}

/** Any list: one tool with a mistake must not hide the others. */
const anyList: StandardSchemaV1<unknown, { readonly tools: readonly unknown[]; readonly nextCursor: unknown }> = {
  '~standard': {
    version: 1,
    vendor: 'sallyport',
    validate: (value) =>
      isObject(value) && Array.isArray(value.tools)
        ? { value: { tools: value.tools, nextCursor: value.nextCursor } }
        : { issues: [{ message: 'it is no list of tools' }] },
  },
}

function tooMuch(): SallyportError {
  return new SallyportError('RESPONSE_TOO_LARGE', {
    detail: `The MCP server lists more than ${maxTools} tools, or more than the gateway reads of them. Ask for an address of the server with fewer tools.`,
  })
}

/** All tools of a server, page by page. Throws RESPONSE_TOO_LARGE for a list without an end. */
export async function listAll(
  client: Client,
  options: { timeout: number; signal?: AbortSignal },
): Promise<readonly UpstreamTool[]> {
  const found: UpstreamTool[] = []
  let cursor: string | undefined
  let chars = 0
  for (let page = 0; page < maxPages; page++) {
    const request = { method: 'tools/list', params: cursor === undefined ? {} : { cursor } }
    const { tools, nextCursor } = await client.request(request, anyList, options)
    for (const tool of tools) {
      if (!isObject(tool) || typeof tool.name !== 'string') continue
      const one = described(tool, tool.name)
      chars += one.chars
      if (found.length >= maxTools || chars > maxChars) throw tooMuch()
      found.push(one.tool)
    }
    if (typeof nextCursor !== 'string' || nextCursor === '' || nextCursor === cursor) return found
    cursor = nextCursor
  }
  throw tooMuch()
}
