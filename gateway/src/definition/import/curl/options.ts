/** The options of curl that say something about the request (curl.1), and those that only concern the program. */

/** What an option does to the request. */
export type Meaning =
  | 'method'
  | 'header'
  | 'data'
  | 'data-raw'
  | 'data-urlencode'
  | 'json'
  | 'form'
  | 'form-string'
  | 'user'
  | 'bearer'
  | 'cookie'
  | 'get'
  | 'head'
  | 'url'
  | 'url-query'
  | 'upload'
  | 'insecure'
  | 'unsupported'
  | 'program'

interface Option {
  readonly meaning: Meaning
  readonly takesValue: boolean
}

const said: readonly (readonly [string, Meaning, boolean])[] = [
  ['X request', 'method', true],
  ['H header', 'header', true],
  ['d data data-ascii data-binary', 'data', true],
  ['data-raw', 'data-raw', true],
  ['data-urlencode', 'data-urlencode', true],
  ['json', 'json', true],
  ['F form', 'form', true],
  ['form-string', 'form-string', true],
  ['u user', 'user', true],
  ['oauth2-bearer', 'bearer', true],
  ['b cookie', 'cookie', true],
  ['G get', 'get', false],
  ['I head', 'head', false],
  ['url', 'url', true],
  ['url-query', 'url-query', true],
  ['T upload-file', 'upload', true],
  ['k insecure', 'insecure', false],
  ['E cert key cacert capath cert-type key-type pass pinnedpubkey', 'unsupported', true],
  ['x proxy U proxy-user socks5 socks5-hostname preproxy noproxy interface resolve connect-to unix-socket', 'unsupported', true],
  ['K config aws-sigv4 range r time-cond z request-target', 'unsupported', true],
  ['digest ntlm negotiate anyauth', 'unsupported', false],
  [
    'A user-agent e referer o output w write-out m max-time connect-timeout retry retry-delay retry-max-time limit-rate',
    'program',
    true,
  ],
  [
    'c cookie-jar D dump-header stderr trace trace-ascii max-redirs y speed-time Y speed-limit C continue-at output-dir',
    'program',
    true,
  ],
  ['max-filesize ciphers tls-max dns-servers doh-url expect100-timeout keepalive-time parallel-max variable', 'program', true],
  [
    's silent S show-error v verbose i include f fail fail-with-body L location location-trusted compressed N no-buffer',
    'program',
    false,
  ],
  [
    'O remote-name J remote-header-name g globoff # progress-bar no-progress-meter 0 http1.0 http1.1 http2 http3',
    'program',
    false,
  ],
  [
    'http2-prior-knowledge 1 tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 2 3 4 ipv4 6 ipv6 R remote-time q disable Z parallel',
    'program',
    false,
  ],
  [
    'raw path-as-is create-dirs remove-on-error no-keepalive tcp-nodelay ssl-no-revoke styled-output n netrc basic a append',
    'program',
    false,
  ],
  ['post301 post302 post303 next : retry-connrefused retry-all-errors fail-early M manual h help V version', 'program', false],
]

const options: ReadonlyMap<string, Option> = new Map(
  said.flatMap(([names, meaning, takesValue]) => names.split(' ').map((name) => [name, { meaning, takesValue }] as const)),
)

export interface Given {
  /** As it was written. */
  readonly flag: string
  /** `null`: no option of curl that is known. */
  readonly meaning: Meaning | 'word' | null
  readonly value: string
}

/** Cuts the words of a command into its options: `-XPOST`, `-sSL`, `--header=…` and words of their own. */
export function* givenOptions(words: readonly string[]): Generator<Given> {
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    const next = () => words[++index] ?? ''
    if (word === '--' || word === '-' || !word.startsWith('-')) {
      if (word !== '--' && word !== '-') yield { flag: '', meaning: 'word', value: word }
    } else if (word.startsWith('--')) {
      const [name = '', attached] = word.slice(2).split(/=(.*)/s, 2)
      const option = options.get(name) ?? (name.startsWith('no-') ? options.get(name.slice(3)) : undefined)
      if (option === undefined) yield { flag: `--${name}`, meaning: null, value: '' }
      else
        yield {
          flag: `--${name}`,
          meaning: name.startsWith('no-') ? 'program' : option.meaning,
          value: option.takesValue ? (attached ?? next()) : '',
        }
    } else
      for (let position = 1; position < word.length; position++) {
        const letter = word.charAt(position)
        const option = options.get(letter)
        const rest = word.slice(position + 1)
        if (option === undefined) yield { flag: `-${letter}`, meaning: null, value: '' }
        else yield { flag: `-${letter}`, meaning: option.meaning, value: option.takesValue ? (rest === '' ? next() : rest) : '' }
        if (option?.takesValue === true) break
      }
  }
}
