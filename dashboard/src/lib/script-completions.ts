/** What can be completed in a script at a place, by what stands before it. Pure; features/connectors/script-tab.tsx hands it to the editor. */

export interface ScriptWord {
  readonly label: string
  readonly kind: 'method' | 'namespace' | 'property'
  /** Shown beside the name, as it is called. */
  readonly detail: string
  readonly info?: string
}

/** What the script of a connector finds besides the API: by name, with a word on each. */
export interface ScriptNames {
  readonly params: Readonly<Record<string, string>>
  readonly config: Readonly<Record<string, string>>
}

const method = (label: string, detail: string, info: string): ScriptWord => ({ label, kind: 'method', detail, info })

const answer = 'Answers { status, body, headers }; a status is no error.'
const logs = 'Into the log of the gateway, with the id of the call.'
const encodings = "Encoding: 'hex' (default), 'base64' or 'base64url'."

/** As gateway/src/call/executors/script/prelude.ts makes it; gateway/test/scripts.test.ts holds the two together. */
export const scriptApi: Readonly<Record<string, readonly ScriptWord[]>> = {
  http: [
    method('get', '(url, headers?)', answer),
    method('delete', '(url, headers?)', answer),
    method('post', '(url, body?, headers?)', `${answer} A body that is no text is sent as JSON.`),
    method('put', '(url, body?, headers?)', answer),
    method('patch', '(url, body?, headers?)', answer),
    method('request', '({ method, url, headers, body })', `Any method. ${answer}`),
  ],
  log: ['trace', 'debug', 'info', 'warn', 'error'].map((level) => method(level, '(…values)', logs)),
  crypto: [
    method('hash', '(algorithm, text, encoding?)', `sha256, sha512, sha384, sha1 or md5. ${encodings}`),
    method('hmac', '(algorithm, key, text, encoding?)', encodings),
    method('random', '(bytes, encoding?)', encodings),
    method('uuid', '()', 'A random UUID.'),
    method('base64', '(text)', 'The text in base64.'),
    method('fromBase64', '(text)', 'The text that base64 stands for.'),
  ],
  state: [
    method('get', '(key)', 'What is kept from call to call, for this connection.'),
    method('set', '(key, value)', 'A small value, kept in clear: never a secret.'),
    method('delete', '(key)', 'Forgets it.'),
  ],
}

const members: readonly ScriptWord[] = [
  {
    label: 'http',
    kind: 'namespace',
    detail: 'requests',
    info: 'With the credential of the connection, which the script never sees.',
  },
  { label: 'params', kind: 'property', detail: 'input of the call' },
  { label: 'config', kind: 'property', detail: 'settings of the connection' },
  { label: 'variables', kind: 'property', detail: 'of a workflow run' },
  { label: 'log', kind: 'namespace', detail: 'log lines' },
  { label: 'crypto', kind: 'namespace', detail: 'digests, random values' },
  { label: 'state', kind: 'namespace', detail: 'small values kept from call to call' },
]

const wordsOf = (names: Readonly<Record<string, string>>): readonly ScriptWord[] =>
  Object.entries(names).map(([label, detail]) => ({ label, kind: 'property', detail }))

/** The words that fit after `before`, the text of the line up to the cursor, and how much of it they replace. Null: nothing of ours. */
export function completeScript(
  before: string,
  names: ScriptNames,
): { readonly typed: number; readonly words: readonly ScriptWord[] } | null {
  const path = /(?:^|[^\w$.])(sallyport|floh)\.(?:(\w+)\.)?(\w*)$/.exec(before)
  if (path !== null) {
    const [, , member, typed = ''] = path
    if (member === undefined) return { typed: typed.length, words: members }
    if (member === 'params' || member === 'config') return { typed: typed.length, words: wordsOf(names[member]) }
    return Object.hasOwn(scriptApi, member) ? { typed: typed.length, words: scriptApi[member] ?? [] } : null
  }
  const start = /(?:^|[^\w$.])([A-Za-z]\w*)$/.exec(before)?.[1]
  if (start === undefined) return null
  return {
    typed: start.length,
    words: [{ label: 'sallyport', kind: 'namespace', detail: 'requests, log, params, config, state' }],
  }
}
