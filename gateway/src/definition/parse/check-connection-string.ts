import type { AuthScheme } from '../document.ts'
import { noFallback, parseParts, referencesOf } from '../template/placeholders.ts'
import { headerNameProblem } from './headers.ts'
import { type Issues, orKnown, type Path, suggestion } from './issues.ts'

type Scheme = Extract<AuthScheme, { type: 'conn_string' }>

const secretParts = ['password', 'basic']

/** What a connection string becomes: settings that exist and hold no secret, and secrets that its requests may name. */
export function checkConnectionString(scheme: Scheme, settings: readonly string[], at: Path, issues: Issues): void {
  const { derived, headers = {}, query = {} } = scheme
  const secrets = Object.keys(derived).filter((name) => derived[name]?.secret ?? true)
  for (const [name, { value, secret = true }] of Object.entries(derived)) {
    const path = [...at, 'derived', name]
    if (name === 'connection_string') issues.add(path, 'must not be named like the connection string itself')
    if (!secret && !settings.includes(name))
      issues.add(path, `is no secret, so it must be a field or a server variable${orKnown(name, settings)}`)
    const shown = secret ? undefined : referencesOf(parseParts(value, noFallback)).find((part) => secretParts.includes(part.name))
    if (shown !== undefined) issues.add([...path, 'value'], `holds {{${shown.name}}}, which must stay a secret`)
  }
  for (const [place, texts] of [['headers', headers] as const, ['query', query] as const]) {
    for (const [name, text] of Object.entries(texts)) {
      const path = [...at, place, name]
      const problem = place === 'headers' ? headerNameProblem(name) : null
      if (problem !== null) issues.add(path, problem)
      for (const part of referencesOf(parseParts(text, noFallback))) {
        const known = part.setting ? settings : secrets
        if (!known.includes(part.name))
          issues.add(
            path,
            `uses {{${part.name}}}, which is no ${part.setting ? 'setting' : 'derived secret'}${suggestion(part.name, known)}`,
          )
      }
    }
  }
}
