import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { pixel, silence } from '../support/conformance-upstream.ts'

/** What the suite lets pass although the tool is not there, or answers something else. */
const expected: Readonly<Record<string, object>> = {
  test_simple_text: { type: 'text', text: 'This is a simple text response for testing.' },
  test_image_content: { type: 'image', data: pixel, mimeType: 'image/png' },
  test_audio_content: { type: 'audio', data: silence, mimeType: 'audio/wav' },
  test_embedded_resource: { type: 'resource' },
  test_multiple_content_types: { type: 'text', text: 'Multiple content types test:' },
  test_error_handling: { type: 'text', text: /This tool intentionally returns an error for testing/ },
}

function differs(found: unknown, wanted: object): boolean {
  if (typeof found !== 'object' || found === null) return true
  return Object.entries(wanted).some(([key, value]) => {
    const actual = (found as Readonly<Record<string, unknown>>)[key]
    return value instanceof RegExp ? !value.test(String(actual)) : actual !== value
  })
}

/** The tools whose answer over a protocol revision is not the fixture's, with what it was. */
export async function checkContent(url: string, era: { pin: string } | 'legacy'): Promise<readonly string[]> {
  const client = new Client({ name: 'conformance', version: '1' }, { versionNegotiation: { mode: era } })
  await client.connect(new StreamableHTTPClientTransport(new URL(url)))
  const wrong: string[] = []
  for (const [name, wanted] of Object.entries(expected)) {
    const { content, isError = false } = await client.callTool({ name, arguments: {} })
    if (differs(content[0], wanted) || isError !== (name === 'test_error_handling'))
      wrong.push(`${name} answered ${JSON.stringify(content).slice(0, 300)}`)
  }
  await client.close()
  return wrong
}
