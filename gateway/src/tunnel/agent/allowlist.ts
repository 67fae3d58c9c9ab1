import type { AllowRule } from './config.ts'

/** Of a URL, as a rule compares it: a name in lower case without its last dot, an address without brackets. */
export function hostOf(url: URL): string {
  return url.hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}

export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
}

/** `*` is any host, `*.a.example` every name below it, anything else that very name or address. */
export function matchesHost(pattern: string, host: string): boolean {
  const wanted = pattern.toLowerCase()
  if (wanted === '*') return true
  return wanted.startsWith('*.') ? host.endsWith(wanted.slice(1)) && host.length > wanted.length - 1 : host === wanted
}

const names = (list: readonly string[] | undefined, name: string) => list === undefined || list.includes(name)

/** Whether the agent may send a connector's request there. Without ports a rule means those that the scheme of the URL has by itself. */
export function isAllowed(rules: readonly AllowRule[], url: URL, connector: string): boolean {
  const [host, port] = [hostOf(url), portOf(url)]
  return rules.some(
    (rule) =>
      matchesHost(rule.host, host) &&
      (rule.ports === undefined ? url.port === '' : rule.ports.includes(port)) &&
      names(rule.connectors, connector),
  )
}

/** Whether a secret may go there. */
export function mayHave(
  { hosts, connectors }: { readonly hosts: readonly string[]; readonly connectors?: readonly string[] },
  url: URL,
  connector: string,
): boolean {
  return hosts.some((pattern) => matchesHost(pattern, hostOf(url))) && names(connectors, connector)
}

/** The connectors that the rules name, for the gateway to choose an agent by; null when a rule is for any. */
export function connectorsOf(rules: readonly AllowRule[]): readonly string[] | null {
  if (rules.some(({ connectors }) => connectors === undefined)) return null
  return [...new Set(rules.flatMap(({ connectors }) => connectors ?? []))]
}
