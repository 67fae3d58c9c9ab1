import type { CredentialField, SecretBackend, SecretReplica } from '../../api/types.ts'
import type { State } from '../../ui/status.tsx'

type Kind = SecretBackend['kind']

interface SettingWords {
  readonly name: string
  readonly title: string
  readonly required?: true
  readonly example: string
  readonly hint?: string
}

interface KindWords {
  readonly label: string
  readonly hint: string
  readonly settings: readonly SettingWords[]
  /** Where it is, in a line. */
  readonly place: (settings: SecretBackend['settings']) => string
}

const secret = (name: string, title: string, kind: CredentialField['kind'] = 'text'): CredentialField => ({
  ...{ name, title, kind, secret: true, required: true },
})

const prefix: SettingWords = {
  name: 'prefix',
  title: 'Prefix',
  example: 'sallyport',
  hint: 'What the names of its secrets start with.',
}
const endpoint: SettingWords = {
  name: 'endpoint',
  title: 'Endpoint',
  example: 'https://…',
  hint: 'In the place of the usual one.',
}

export const kindWords: Readonly<Record<Kind, KindWords>> = {
  aws: {
    label: 'AWS Secrets Manager',
    hint: 'With the access key of an IAM user.',
    settings: [{ name: 'region', title: 'Region', required: true, example: 'eu-central-1' }, endpoint, prefix],
    place: ({ region, endpoint: at }) => at ?? region ?? '',
  },
  gcp: {
    label: 'Google Secret Manager',
    hint: 'With the key file of a service account.',
    settings: [{ name: 'project', title: 'Project', required: true, example: 'acme-production' }, endpoint, prefix],
    place: ({ project = '' }) => project,
  },
  vault: {
    label: 'HashiCorp Vault or OpenBao',
    hint: 'With a KV engine of version 2.',
    settings: [
      { name: 'address', title: 'Address', required: true, example: 'https://vault.example.com:8200' },
      { name: 'mount', title: 'Mount', example: 'secret', hint: 'The path of the KV engine.' },
      { name: 'namespace', title: 'Namespace', example: 'team/a' },
      prefix,
    ],
    place: ({ address = '', mount = '' }) => `${address}, ${mount}`,
  },
}
export const kinds = (Object.keys(kindWords) as Kind[]).map((value) => ({
  ...{ value, label: kindWords[value].label, hint: kindWords[value].hint },
}))

/** What it signs in with. An AppRole of Vault is one with a `role_id`. */
export function credentialOf(kind: Kind, byRole: boolean): readonly CredentialField[] {
  if (kind === 'aws')
    return [{ ...secret('access_key_id', 'Access key ID'), secret: false }, secret('secret_access_key', 'Secret access key')]
  if (kind === 'gcp') return [secret('key_file', 'Key file (JSON)', 'long_text')]
  return [byRole ? secret('secret_id', 'Secret ID') : secret('token', 'Token')]
}

/** The worst that is known of a backend. */
export function stateOf({ problem, secrets, tested_at, checked_at }: SecretBackend): State {
  if (problem !== null) return { shape: 'square', tone: 'bad', words: 'Not working' }
  if (secrets.failing > 0) return { shape: 'triangle', tone: 'bad', words: `${secrets.failing} failing` }
  if (secrets.drifted > 0) return { shape: 'diamond', tone: 'warn', words: `${secrets.drifted} drifted` }
  if (secrets.waiting > 0) return { shape: 'half', tone: 'idle', words: `${secrets.waiting} waiting` }
  if (secrets.written > 0 || tested_at !== null || checked_at !== null) return { shape: 'disc', tone: 'ok', words: 'Works' }
  return { shape: 'ring', tone: 'idle', words: 'Not tested' }
}

export const replicaStates: Readonly<Record<SecretReplica['state'], State>> = {
  written: { shape: 'check', tone: 'ok', words: 'Written' },
  waiting: { shape: 'half', tone: 'idle', words: 'Waits to be written' },
  failing: { shape: 'triangle', tone: 'bad', words: 'Failing, tried again' },
  drifted: { shape: 'diamond', tone: 'warn', words: 'Drifted' },
  removing: { shape: 'slash', tone: 'idle', words: 'Being removed' },
}

export const troubleOf = ({ problem, drift }: SecretReplica): string | null =>
  problem ?? (drift === null ? null : `Somebody else has ${drift} it.`)

/** The choice of no backend. */
export const proxy = 'proxy'
export const proxyOption = { value: proxy, label: 'Proxy mode', hint: 'Credentials stay in the gateway alone.' }
export const backendOption = ({ id, name, kind }: SecretBackend) => ({
  ...{ value: id, label: name, hint: kindWords[kind].label },
})
