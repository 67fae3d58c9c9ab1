/** The parts of a connection string by name: those of a URL, or the keys of key=value pairs in lower case. */
export type StringParts = ReadonlyMap<string, string>

/** Names that libpq, ADO.NET, ODBC and JDBC give to the same thing, blanks and "-" as "_". */
const aliases: Readonly<Record<string, string>> = {
  user: 'username',
  uid: 'username',
  user_id: 'username',
  user_name: 'username',
  pwd: 'password',
  server: 'host',
  data_source: 'host',
  hostname: 'host',
  addr: 'host',
  dbname: 'database',
  db: 'database',
  initial_catalog: 'database',
}

const unquoted = (text: string) => (/^(?:".*"|'.*')$/s.test(text) ? text.slice(1, -1) : text)

/** What follows from the parts: host and port together, and the pair of HTTP Basic (RFC 7617). */
function complete(parts: Map<string, string>): StringParts {
  const [host, port, username, password] = ['host', 'port', 'username', 'password'].map((name) => parts.get(name))
  if (host !== undefined) parts.set('authority', port === undefined ? host : `${host}:${port}`)
  if (username !== undefined && password !== undefined)
    parts.set('basic', Buffer.from(`${username}:${password}`).toString('base64'))
  return parts
}

function ofUrl(text: string): StringParts | string {
  const url = URL.parse(text)
  if (url === null || url.host === '')
    return 'must be a URL such as postgres://user:password@host:5432/database, with "%40" for "@", "%2F" for "/" and "%23" for "#" in a password'
  try {
    const found: [string, string][] = [
      ['scheme', url.protocol.slice(0, -1)],
      ['host', url.hostname.replace(/^\[(.*)\]$/, '$1')],
      ['port', url.port],
      ['username', decodeURIComponent(url.username)],
      ['password', decodeURIComponent(url.password)],
      ['database', decodeURIComponent(url.pathname.slice(1))],
      ...[...url.searchParams].map(([name, value]): [string, string] => [`query.${name}`, value]),
    ]
    return complete(new Map(found.filter(([, value]) => value !== '')))
  } catch {
    return 'has a "%" that is not followed by two hexadecimal digits; write "%25" for it'
  }
}

const pairsOfLibpq = (text: string) =>
  [...text.matchAll(/([\w.]+)\s*=\s*('(?:[^'\\]|\\.)*'|\S*)/g)].map(([, key = '', value = '']): [string, string] => [
    key,
    unquoted(value).replace(/\\(.)/g, '$1'),
  ])

const pairsOfAdo = (text: string) =>
  text
    .split(';')
    .filter((pair) => pair.includes('='))
    .map((pair): [string, string] => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at), unquoted(pair.slice(at + 1).trim())]
    })

/** Cuts a connection string; answers what is wrong, without quoting it, where it is none. */
export function parseConnectionString(text: string): StringParts | string {
  const trimmed = text.trim()
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed)) return ofUrl(trimmed)
  const parts = new Map<string, string>()
  for (const [key, value] of trimmed.includes(';') ? pairsOfAdo(trimmed) : pairsOfLibpq(trimmed)) {
    const name = key
      .trim()
      .toLowerCase()
      .replace(/[\s-]+/g, '_')
    if (value === '') continue
    parts.set(name, value)
    const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined
    if (alias !== undefined) parts.set(alias, value)
  }
  return parts.size === 0 ? 'must be a URL, or key=value pairs apart by ";" or blanks' : complete(parts)
}
