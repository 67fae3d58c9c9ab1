import { type LoginScheme, loginFields, loginToken, tokenPlace } from '../login.ts'
import { parsePathExpression } from '../response-map.ts'
import { noFallback, parseParts, referencesOf } from '../template/placeholders.ts'
import { headerNameProblem, isToken, valueIsSafe } from './headers.ts'
import { type Issues, type Path, suggestion } from './issues.ts'

/** A login is a request that can be made, of fields that are asked for, and what it answers can be found. */
export function checkLogin(scheme: LoginScheme, settings: readonly string[], at: Path, issues: Issues): void {
  const { login } = scheme
  const names = Object.keys(loginFields(scheme))
  const checkPath = (path: string, where: Path) => {
    if (parsePathExpression(path) === null) issues.add([...at, ...where], 'must be a path such as data.token')
  }
  if (names.includes(loginToken)) issues.add([...at, 'fields', loginToken], 'must not be named like what the login answers')
  if (!URL.canParse(login.url, 'https://server.example') || /[\s\\#]/.test(login.url))
    issues.add([...at, 'login', 'url'], 'must be a path such as /login, or an https URL, without spaces and fragment')
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
