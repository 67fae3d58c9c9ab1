import { describe, expect, test } from 'vitest'
import { importCurl } from '../src/definition/import/curl/curl.ts'
import { curlCommands } from '../src/definition/import/curl/shell.ts'
import { parseConnector } from '../src/definition/parse.ts'
import { properties } from './support/small-spec.ts'

function imported(text: string) {
  const { document, report } = importCurl(text)
  parseConnector(document)
  return {
    document,
    report,
    action: Object.values(document.actions)[0],
    messages: report.entries.map(({ message }) => message).join('\n'),
  }
}
const url = 'https://api.acme.test/things'
const inputsOf = (text: string) => imported(text).action?.input

describe('words of a command', () => {
  test.each<[string, string, readonly string[]]>([
    ['single quotes', String.raw`curl 'a b\n'`, ['a b\\n']],
    ['double quotes with escapes', String.raw`curl "a \"b\" \\ \$x \n"`, [String.raw`a "b" \ $x \n`]],
    ['ANSI quotes', String.raw`curl $'it\'s\n\x41\u00e9\U0001F600\101'`, ["it's\nAé😀A"]],
    ['a quote closed and opened', `curl 'it'\\''s' pre"fi"'x'`, ["it's", 'prefix']],
    ['lines that go on, with and without a prompt', 'curl a \\\n  b \\\n> c', ['a', 'b', 'c']],
    ['lines of Windows', 'curl a \\\r\n b', ['a', 'b']],
    ['the command prompt of Windows', 'curl ^"https://x.test/^" ^\n  -H ^"a: b^"', ['https://x.test/', '-H', 'a: b']],
    ['PowerShell', 'curl a `\n  b', ['a', 'b']],
    ['a comment', 'curl a # not b', ['a']],
    ['a pipe', 'curl a | jq .', ['a']],
    ['an ampersand in an address without quotes', 'curl https://x.test/?a=1&b=2', ['https://x.test/?a=1&b=2']],
    ['an empty text', `curl -d '' a`, ['-d', '', 'a']],
    ['a variable', `curl "https://$HOST/$\{ID}"`, [`https://$HOST/$\{ID}`]],
  ])('are cut at %s', (_, text, words) => {
    expect(curlCommands(text).map((command) => command.words)).toEqual([words])
  })

  test('are found in prose, after prompts, and one after the other', () => {
    const text = `Don't panic. Use curl like this:\n\n$ curl a\n\n    curl b; curl c && curl d\n\`\`\`bash\ncurl e\n\`\`\`\n`
    expect(curlCommands(text).map(({ words, line }) => [words[0], line])).toEqual([
      ['a', 3],
      ['b', 5],
      ['c', 5],
      ['d', 5],
      ['e', 7],
    ])
  })
})

describe('a curl command', () => {
  test('becomes an action whose values are inputs with examples', () => {
    const { action, document } = imported(
      `curl -X PATCH '${url}/8f14e45f-ceea-467f-9b0d-2a1b2c3d4e5f/parts/12?dry=true' -H 'Acme-Version: 2024-01-01' -H 'Content-Type: application/json' -d '{"name":"x","sizes":[1,2.5],"deep":{"a":null}}'`,
    )
    expect(document).toMatchObject({ connector: 'acme', name: 'Acme', servers: { production: { url: 'https://api.acme.test' } } })
    expect(action).toMatchObject({
      method: 'PATCH',
      path: '/things/{thing_id}/parts/{part_id}',
      query: { dry: '{{dry}}' },
      headers: { 'Acme-Version': '{{Acme_Version}}' },
      body: { type: 'json', value: { name: '{{name}}', sizes: '{{sizes}}', deep: '{{deep}}' } },
      input: {
        properties: {
          part_id: { type: 'integer' },
          dry: { type: 'boolean' },
          Acme_Version: { type: 'string', default: '2024-01-01' },
          sizes: { type: 'array', items: { type: 'number' } },
        },
      },
      examples: [{ input: { thing_id: '8f14e45f-ceea-467f-9b0d-2a1b2c3d4e5f', part_id: 12, dry: true, name: 'x' } }],
    })
  })

  test.each<[string, string, string]>([
    ['-d means POST', `curl ${url} -d a=1`, 'POST'],
    ['-G means GET', `curl -G ${url} -d a=1`, 'GET'],
    ['-I means HEAD', `curl -I ${url}`, 'HEAD'],
    ['-T means PUT', `curl -T file.bin ${url}`, 'PUT'],
    ['-X wins, attached too', `curl -XDELETE ${url}`, 'DELETE'],
    ['--url names the address', `curl --request PUT --url ${url}`, 'PUT'],
    ['flags stand together', `curl -sSLkX POST ${url}`, 'POST'],
  ])('%s', (_, text, method) => {
    expect(imported(text).action).toMatchObject({ method, path: '/things' })
  })

  test.each<[string, string, string, readonly string[]]>([
    ['a form', `curl ${url} -d a=1 --data-urlencode 'b=x y' --data-raw c=@d`, 'form', ['a', 'b', 'c']],
    ['--json', `curl ${url} --json '{"a":' --json '1}'`, 'json', ['a']],
    ['JSON without saying so', `curl ${url} -d '{"a":1}'`, 'json', ['a']],
    ['parts and files', `curl ${url} -F 'a=1;type=text/plain' -F b=@pic.png -F 'c=<text'`, 'multipart', ['a', 'b', 'c']],
    ['a file', `curl ${url} --data-binary @x.png -H 'Content-Type: image/png'`, 'binary', ['body']],
    ['text', `curl ${url} -H 'Content-Type: text/plain' -d hello`, 'text', ['body']],
  ])('sends %s', (_, text, type, names) => {
    expect(imported(text).action?.body?.type).toBe(type)
    expect(Object.keys(properties(inputsOf(text)))).toEqual(names)
  })

  test('puts what -G and --url-query give into the query', () => {
    expect(imported(`curl -G '${url}?x=1' -d a=b --data-urlencode 'q=hello world' --url-query z=2`).action?.query).toEqual({
      x: '{{x}}',
      z: '{{z}}',
      a: '{{a}}',
      q: '{{q}}',
    })
  })

  test.each<[string, string, object]>([
    ['a bearer token', `-H "Authorization: Bearer s3cr3tvalue"`, { bearer: { type: 'bearer' } }],
    ['a name and password', `-u joe:s3cr3tvalue`, { basic: { type: 'basic' } }],
    ['--oauth2-bearer', `--oauth2-bearer s3cr3tvalue`, { bearer: { type: 'bearer' } }],
    ['a header', `-H 'X-Api-Key: s3cr3tvalue'`, { x_api_key: { type: 'api_key', in: 'header', name: 'X-Api-Key' } }],
    [
      'a word of its own',
      `-H 'Authorization: Token s3cr3tvalue'`,
      { authorization: { type: 'api_key', in: 'header', name: 'Authorization', prefix: 'Token ' } },
    ],
    [
      'a cookie',
      `-b 'session_id=s3cr3tvalue; theme=s3cr3tvalue'`,
      { session_id: { type: 'api_key', in: 'cookie', name: 'session_id' } },
    ],
    ['the query', `--url-query api_key=s3cr3tvalue -G -d key=s3cr3tvalue`, { api_key: { in: 'query' }, key: { in: 'query' } }],
  ])('keeps of %s the place and never the value', (_, flags, auth) => {
    const { document, report, messages } = imported(`curl ${url} ${flags}`)
    expect(document.auth).toMatchObject(auth)
    expect(JSON.stringify([document, report])).not.toContain('s3cr3tvalue')
    expect(messages).toMatch(/credential/)
  })

  test('keeps no secret of an address, a body or a header with another name', () => {
    const token = 'sk_live_4eC39HqLyjWDarjtT1zdp7dc'
    const { document, report } = imported(
      `curl 'https://joe:hunter22@api.acme.test/hooks/T00000000/${token}?state=${token}' -H 'X-Thing: ${token}' -d '{"password":"hunter22","note":"${token}","nested":{"apiKey":"hunter22"}}'`,
    )
    expect(JSON.stringify([document, report])).not.toMatch(/hunter22|sk_live_/)
  })

  test('is one action with others of the same method and path, and goes to one server only', () => {
    const { document, report } = imported(`curl ${url}/1?a=1\ncurl ${url}/2?b=x\ncurl https://evil.test/steal`)
    expect(Object.keys(document.actions)).toEqual(['get_things_thing_id'])
    expect(document.actions.get_things_thing_id?.query).toEqual({ a: '{{a}}', b: '{{b}}' })
    expect(report).toMatchObject({ operations: 2, imported: 1 })
    expect(report.entries).toContainEqual(expect.objectContaining({ code: 'operation_not_imported', pointer: 'line 3' }))
    expect(report.entries).toContainEqual(expect.objectContaining({ code: 'requests_united', operation: 'get_things_thing_id' }))
  })

  test('says which flags it did not take', () => {
    const { messages } = imported(`curl -k --proxy http://p:1 --frobnicate --cert c.pem ${url} -A me -e https://x.test`)
    for (const flag of ['-k', '--proxy', '--frobnicate', '--cert']) expect(messages).toContain(`${flag} is no`)
    expect(messages).not.toMatch(/-A|-e /)
  })

  test('with placeholders instead of values has inputs without examples', () => {
    const { document, action } = imported(
      `curl https://YOUR_DOMAIN.acme.test/users/{user_id}/cards/:card/<kind>?limit=$LIMIT -H "Authorization: Bearer $TOKEN"`,
    )
    expect(document.servers.production?.url).toBe('https://{domain}.acme.test')
    expect(action).toMatchObject({ path: '/users/{user_id}/cards/{card}/{kind}', query: { limit: '{{limit}}' } })
    expect(action?.examples).toBeUndefined()
  })

  test.each<[string, string, RegExp]>([
    ['a quote that stays open', `curl '${url}`, /line 1 has a quote that is not closed/],
    ['no address', 'curl -v', /No curl command with an address/],
    ['no command', 'wget x', /No curl command/],
  ])('with %s is refused with what to do', (_, text, problem) => {
    expect(() => importCurl(text)).toThrow(problem)
  })
})
