import type { Credentials } from './credentials.ts'
import { isClientHeader, type Part } from './request.ts'

interface Sorting {
  readonly credentials: Credentials
  readonly security: string[]
  note(message: string): void
}

/** Headers of the API itself; credentials go to the schemes, and what only describes a client is dropped. */
export function keptHeaders(
  headers: readonly (readonly [string, string])[],
  { credentials, security, note }: Sorting,
): readonly Part[] {
  const kept: Part[] = []
  for (const [name, value] of headers) {
    if (name.toLowerCase() === 'cookie') {
      const left: string[] = []
      for (const pair of value.split(/;\s*/).filter(Boolean)) {
        const cookie = pair.split('=', 1)[0]?.trim() ?? ''
        const scheme = credentials.cookie(cookie)
        if (scheme === null) left.push(`"${cookie}"`)
        else {
          security.push(scheme)
          note(`The cookie "${cookie}" is the credential, which the connection supplies.`)
        }
      }
      if (left.length > 0)
        note(
          `Cookies of the session that was recorded are not kept: ${left.slice(0, 5).join(', ')}${left.length > 5 ? ` and ${left.length - 5} more` : ''}.`,
        )
      continue
    }
    const scheme = isClientHeader(name) ? null : credentials.header(name, value)
    if (scheme !== null) {
      security.push(scheme)
      note(`The header "${name}" is the credential, which the connection supplies.`)
    } else if (name.toLowerCase() === 'authorization')
      note('The header "Authorization" signs each request in a way that is not known here; it is not kept.')
    else if (!isClientHeader(name) && name.toLowerCase() !== 'content-type') kept.push({ name, value, isDefault: true })
  }
  return kept
}
