import type { ConnectorDocument } from '../document.ts'
import { type LoginScheme, loginFields, loginToken, tokenPlace } from '../login.ts'
import { parsePathExpression } from '../response-map.ts'
import { noFallback, parseParts, referencesOf } from '../template/placeholders.ts'
import { addressProblem, parseServerUrl } from '../template/server.ts'
import { headerNameProblem, isToken, valueIsSafe } from './headers.ts'
import { type Issues, orKnown, type Path, suggestion } from './issues.ts'

/** A login is a request that can be made, of fields that are asked for, and what it answers can be found. */
export function checkLogin(
  scheme: LoginScheme,
  settings: readonly string[],
  document: ConnectorDocument,
  at: Path,
  issues: Issues,
): void {
  const { login } = scheme
  const names = Object.keys(loginFields(scheme))
  const checkPath = (path: string, where: Path) => {
    if (parsePathExpression(path) === null) issues.add([...at, ...where], 'must be a path such as data.token')
  }
  const checkAddress = (address: string, where: Path) => {
    const problem = addressProblem(address.startsWith('/') ? `https://server.example${address}` : address, document)
    if (problem !== null) issues.add(where, `${problem}; a login may also be a path such as /login`)
    for (const part of parseServerUrl(address))
      if (typeof part !== 'string' && !settings.includes(part.name))
        issues.add(where, `uses {${part.name}}, which is no field and no server variable${orKnown(part.name, settings)}`)
  }
  if (names.includes(loginToken)) issues.add([...at, 'fields', loginToken], 'must not be named like what the login answers')
  checkAddress(login.url, [...at, 'login', 'url'])
  if (scheme.type === 'session' && scheme.login_page !== undefined) checkAddress(scheme.login_page, [...at, 'login_page'])
  for (const [place, texts = {}] of [['headers', login.headers] as const, ['body', login.body] as const]) {
    for (const [name, text] of Object.entries(texts)) {
      const path = [...at, 'login', place, name]
      const problem = place === 'headers' ? headerNameProblem(name) : null
      if (problem !== null) issues.add(path, problem)
      for (const part of referencesOf(parseParts(text, noFallback))) {
        const known = part.setting ? settings : names
        if (!known.includes(part.name))
          issues.add(
            path,
            `uses {{${part.name}}}, which is no ${part.setting ? 'setting' : 'field'}${suggestion(part.name, known)}`,
          )
      }
    }
  }
  if (login.method === 'GET' && login.body !== undefined) issues.add([...at, 'login', 'body'], 'is for POST: a GET has none')
  for (const path of Object.keys(login.expect?.json ?? {})) checkPath(path, ['login', 'expect', 'json', path])
  if (scheme.type === 'session') return
  if ('path' in scheme.token) checkPath(scheme.token.path, ['token', 'path'])
  if (scheme.expires !== undefined) checkPath(scheme.expires.path, ['expires', 'path'])
  const { place, name, prefix } = tokenPlace(scheme)
  const problem = place === 'header' ? headerNameProblem(name) : null
  if (problem !== null) issues.add([...at, 'name'], problem)
  if (place === 'cookie' && !isToken(name)) issues.add([...at, 'name'], 'is not a valid name of a cookie')
  if (!valueIsSafe(prefix)) issues.add([...at, 'prefix'], 'must not contain line breaks')
}
