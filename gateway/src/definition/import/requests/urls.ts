import { identifier } from '../names.ts'
import { formParts } from './bodies.ts'
import { placeholderName, templateOf } from './path-ids.ts'
import type { Part } from './request.ts'

export interface SplitUrl {
  readonly server: string
  readonly path: string
  readonly inPath: readonly Part[]
  readonly query: readonly Part[]
  /** Whether a name and password stood in it. */
  readonly hadUser: boolean
}

/** A URL as a person writes it, maybe without its scheme and with placeholders; null for what is none. */
export function splitUrl(written: string): SplitUrl | null {
  const text = written.trim()
  const [, scheme = '', rest = ''] = /^(https?:\/\/)?(.*)$/is.exec(text) ?? []
  if (text.length > 20_000 || /[\s\\]/.test(rest.split(/[?#]/, 1)[0] ?? '')) return null
  const [beforeFragment = ''] = rest.split('#', 1)
  const [beforeQuery = '', query = ''] = beforeFragment.split(/\?(.*)/s, 2)
  const [authority = '', path = ''] = beforeQuery.split(/(?=\/)(.*)/s, 2)
  const [user, host] = authority.includes('@')
    ? [authority.slice(0, authority.lastIndexOf('@')), authority.slice(authority.lastIndexOf('@') + 1)]
    : ['', authority]
  const server = hostOf(host)
  if (server === null || (scheme === '' && !/[.:{]|^localhost$/.test(server))) return null
  const isLocal = /^(localhost|127\.|\[::1\])/.test(server)
  const base = `${scheme === '' ? (isLocal ? 'http://' : 'https://') : scheme.toLowerCase()}${server}`
  if (!URL.canParse(base.replace(/\{[^{}]*\}/g, 'x'))) return null
  const { path: template, samples } = templateOf(path.replace(/\/+$/, '') || '/')
  return {
    server: base,
    path: template,
    inPath: [...samples].map(([name, value]) => ({ name, value })),
    query: formParts(query),
    hadUser: user !== '',
  }
}

/** Placeholders in a host become variables of the server. */
function hostOf(host: string): string | null {
  const [name = '', port] = host.split(/:(\d+)$/, 2)
  const labels = name.startsWith('[') ? [name] : name.split('.')
  const written = labels.map((label) => {
    const variable = label.startsWith('[') && label.includes(':') ? null : placeholderName(label)
    return variable === null ? label : `{${identifier(variable)}}`
  })
  const text = `${written.join('.')}${port === undefined ? '' : `:${port}`}`
  return /^[\w.{}:[\]-]+$/.test(text) ? text : null
}
