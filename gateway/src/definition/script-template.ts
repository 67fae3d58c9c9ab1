import { isObject } from './json-schema/keywords.ts'
import { wordsOf } from './search/words.ts'

/** What a connector is to be made from. */
export interface ScriptWish {
  readonly description: string
  readonly name?: string
  readonly baseUrl?: string
}

/** One command of a script, as its action tells of it. */
export interface ScriptCommand {
  readonly name: string
  readonly description: string
  readonly effect: 'read' | 'write' | 'destructive'
  readonly input?: Readonly<Record<string, unknown>>
}

export interface WrittenScript {
  readonly commands: readonly ScriptCommand[]
  readonly source: string
}

const noAddress = 'https://api.example.com'
const mostEndpoints = 20
const endpoint = /\b(GET|POST|PUT|PATCH|DELETE)\s+(?:https?:\/\/[^/\s]+)?(\/[\w\-./{}:]*)/g
const placeholder = /\{(\w+)\}|:(\w+)/g

/** "Acme" of "a connector for the Acme CRM API". */
function nameIn(description: string): string | undefined {
  return /\b(?:for|of|to)\s+(?:the\s+|our\s+|an?\s+)?((?:\p{Lu}[\p{L}\d&.-]*\s*)+)/u
    .exec(description)?.[1]
    ?.replace(/\b(?:API|REST|Connector)\b/g, '')
    .replace(/[.\s]+$/, '')
    .trim()
}

function originIn(description: string): string | undefined {
  const found = /https?:\/\/[^\s"'<>,;)]+/.exec(description)?.[0].replace(/[.]+$/, '')
  return found !== undefined && URL.canParse(found) ? found : undefined
}

/** A method and path as a name: `getCustomersById` is `GET /customers/{id}`. */
function commandName(method: string, path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && !/^v?\d+$/.test(part))
  const fixed = parts.filter((part) => !/[{:]/.test(part))
  const ends = /[{:]/.test(parts.at(-1) ?? '')
  const verb = { GET: ends ? 'get' : 'list', POST: 'create', PUT: 'replace', PATCH: 'update', DELETE: 'delete' }[method] ?? 'call'
  const words = fixed.flatMap(wordsOf).map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  return `${verb}${words.join('') || 'Root'}`.slice(0, 64)
}

function commandOf(method: string, path: string): { readonly command: ScriptCommand; readonly code: string } {
  const names = [...path.matchAll(placeholder)].map((match) => match[1] ?? match[2] ?? '')
  const takesBody = method !== 'GET' && method !== 'DELETE'
  const name = commandName(method, path)
  const properties = {
    ...Object.fromEntries(names.map((each) => [each, { type: 'string' }])),
    ...(takesBody && { body: { type: 'object', additionalProperties: true } }),
  }
  const pieces = path
    .split(placeholder)
    .flatMap((piece, index) => {
      // Of each placeholder the pattern captures one of two names.
      if (piece === undefined || piece === '') return []
      return [index % 3 === 0 ? JSON.stringify(piece) : `encodeURIComponent(sallyport.params.${piece})`]
    })
    .join(' + ')
  const call = `sallyport.http.${method.toLowerCase()}(${pieces}${takesBody ? ', sallyport.params.body' : ''})`
  return {
    command: {
      name,
      description: `${method} ${path}`,
      effect: method === 'GET' ? 'read' : method === 'DELETE' ? 'destructive' : 'write',
      input: { type: 'object', properties, ...(names.length > 0 && { required: names }) },
    },
    code: `function ${name}() {\n  return outcomeOf(${call})\n}`,
  }
}

/** A script that runs as it is: one command for each endpoint that the description names. */
export function scriptTemplate({ description }: ScriptWish): WrittenScript {
  const found = [...description.matchAll(endpoint)]
    .slice(0, mostEndpoints)
    .map((match) => commandOf(match[1] ?? 'GET', match[2] ?? '/'))
  const commands = found.filter(({ command }, index) => found.findIndex((each) => each.command.name === command.name) === index)
  const probe = { name: 'test', description: 'Checks that the API answers.', effect: 'read' as const }
  const code = [
    `// What a command returns: an outcome with its payload, or an error that says what the API answered.
function outcomeOf(answer) {
  if (answer.status >= 400) return { success: false, error: 'The API answered ' + answer.status, diagnostics: { status: answer.status, body: answer.body } }
  return { success: true, payload: answer.body }
}`,
    `function test() {\n  return outcomeOf(sallyport.http.get('/'))\n}`,
    ...commands.map((each) => each.code),
  ]
  return { commands: [probe, ...commands.map(({ command }) => command)], source: `${code.join('\n\n')}\n` }
}

function authIn(description: string): Readonly<Record<string, unknown>> {
  if (/\b(?:no|without)\s+auth|\bpublic\b/i.test(description)) return {}
  if (/\bbasic\b/i.test(description)) return { basic: { type: 'basic' } }
  const header = /\b(X-[\w-]+)\b/i.exec(description)?.[1]
  if (header !== undefined || /api[- ]?key/i.test(description))
    return { key: { type: 'api_key', in: 'header', name: header ?? 'X-API-Key' } }
  return { token: { type: 'bearer' } }
}

/** The connector of a script: where it goes is said by whoever wishes, never by what was written for them. */
export function scriptConnector(wish: ScriptWish, { commands, source }: WrittenScript): Readonly<Record<string, unknown>> {
  const name = (wish.name ?? nameIn(wish.description) ?? 'My API').slice(0, 100)
  const slug =
    wordsOf(name)
      .join('_')
      .replace(/^[^a-z]+/, '')
      .slice(0, 40) || 'my_api'
  return {
    connector: slug,
    name,
    kind: 'script',
    description: wish.description.slice(0, 500),
    servers: { production: { url: wish.baseUrl ?? originIn(wish.description) ?? noAddress } },
    auth: authIn(wish.description),
    actions: Object.fromEntries(
      commands.map(({ name: command, description, effect, input }) => [
        command,
        { description, effect, ...(isObject(input) && { input }) },
      ]),
    ),
    verify: { action: (commands.find(({ name: each }) => each === 'test') ?? commands[0])?.name },
    script: { language: 'javascript', source },
  }
}
