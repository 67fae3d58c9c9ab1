import { isPrivateHost } from '../../egress/addresses.ts'
import { openAws } from '../../egress/secret-managers/aws.ts'
import { openGcp } from '../../egress/secret-managers/gcp.ts'
import { type SecretManager, SecretManagerError, type SecretManagerPlace } from '../../egress/secret-managers/types.ts'
import { openVault } from '../../egress/secret-managers/vault.ts'
import type { Egress } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import type { Secret } from '../../secret.ts'
import type { SecretBackendKind } from '../../store/secret-tables.ts'
import { readKeyFile } from '../../vault/jwt.ts'

/** What each kind of secret manager asks for, where it keeps a secret, and how it is opened. */

type Texts = Readonly<Record<string, string>>
type Fields = Readonly<Record<string, Secret>>

interface Setting {
  readonly required?: true
  readonly form: RegExp
  readonly says: string
}

const prefix: Setting = { form: /^[a-z][a-z0-9_-]{0,30}$/, says: 'lower-case letters, digits, "_" and "-"' }
const address: Setting = {
  form: /^https?:\/\/[^/?#@\s]+(\/[^?#@\s]*)?$/,
  says: 'an address such as https://vault.example.com:8200',
}

const allowHttp: Setting = { form: /^true$/, says: 'true, or left out' }

const kinds: Readonly<
  Record<
    SecretBackendKind,
    { readonly settings: Readonly<Record<string, Setting>>; readonly credentials: readonly (readonly string[])[] }
  >
> = {
  aws: {
    settings: {
      region: { required: true, form: /^[a-z]{2}(-[a-z]+)+-\d$/, says: 'a region such as eu-central-1' },
      endpoint: address,
      allow_http: allowHttp,
      prefix,
    },
    credentials: [['access_key_id', 'secret_access_key']],
  },
  gcp: {
    settings: {
      project: { required: true, form: /^[a-z][a-z0-9:.-]{4,61}[a-z0-9]$|^\d{6,20}$/, says: 'the id or number of a project' },
      endpoint: address,
      allow_http: allowHttp,
      prefix,
    },
    credentials: [['key_file']],
  },
  vault: {
    settings: {
      address: { ...address, required: true },
      mount: { form: /^[\w-]+(\/[\w-]+)*$/, says: 'the path of a KV engine of version 2, such as secret' },
      namespace: { form: /^[\w-]+(\/[\w-]+)*\/?$/, says: 'a namespace such as team/a' },
      allow_http: allowHttp,
      role_id: { form: /^[\x21-\x7e]{1,200}$/, says: 'the id of an AppRole' },
      prefix,
    },
    credentials: [['token'], ['secret_id']],
  },
}

const invalid = (detail: string) => new SallyportError('INVALID_INPUT', { detail })

/** Checks what was entered of a backend. Throws INVALID_INPUT naming the setting. */
export function parseSettings(kind: SecretBackendKind, given: Texts): Texts {
  const { settings } = kinds[kind]
  const known = Object.keys(settings)
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown !== undefined) throw invalid(`Unknown setting "${unknown}". A backend of kind ${kind} takes: ${known.join(', ')}.`)
  for (const [name, { required, form, says }] of Object.entries(settings)) {
    const value = given[name]
    if (value === undefined ? required : !form.test(value)) throw invalid(`The setting "${name}" must be ${says}.`)
  }
  for (const name of ['endpoint', 'address']) {
    const url = URL.parse(given[name] ?? '')
    if (url !== null && url.protocol === 'http:' && !isPrivateHost(url.hostname) && given.allow_http === undefined)
      throw invalid(`The setting "${name}" must be an https:// address, or set allow_http: secrets are sent to it.`)
  }
  const filled = { prefix: 'sallyport', ...(kind === 'vault' && { mount: 'secret' }), ...given }
  return Object.fromEntries(Object.entries(filled).map(([name, value]) => [name, value.replace(/\/+$/, '')]))
}

/** Checks the credential of a backend. Throws INVALID_INPUT naming what is missing, and never quotes a value. */
export function parseCredential(kind: SecretBackendKind, settings: Texts, given: Texts): Texts {
  const { credentials } = kinds[kind]
  const names = Object.keys(given)
  const fits = credentials.find((all) => all.length === names.length && all.every((name) => given[name]))
  if (fits === undefined)
    throw invalid(`The credential of a backend of kind ${kind} is: ${credentials.map((all) => all.join(' and ')).join(', or ')}.`)
  if (names.some((name) => name !== 'key_file' && !/^[\x21-\x7e]+$/.test(given[name] ?? '')))
    throw invalid('The credential must not contain spaces, line breaks or control characters.')
  if (kind === 'vault' && (given.secret_id !== undefined) !== (settings.role_id !== undefined))
    throw invalid('An AppRole is a role_id among the settings and a secret_id as the credential. A token stands alone.')
  return given
}

/** Where a connection's secret is: made of ids alone, so that it is known beforehand and stays when things are renamed. */
export function secretName(kind: SecretBackendKind, { prefix: own = '' }: Texts, workspace: string, part: string): string {
  return [own, workspace, part].join(kind === 'gcp' ? '-' : '/')
}

/** The same as those who read it with other tools write it. */
export function referenceOf(kind: SecretBackendKind, { project, mount }: Texts, name: string): string {
  if (kind === 'gcp') return `projects/${project}/secrets/${name}/versions/latest`
  return kind === 'vault' ? `${mount}/data/${name}` : name
}

/** What a workload has to know to read from a backend. */
export function placeOf(kind: SecretBackendKind, settings: Texts): SecretManagerPlace {
  const { region = '', project = '', address: at = '', mount = '', endpoint, namespace } = settings
  switch (kind) {
    case 'aws':
      return { kind, region, ...(endpoint !== undefined && { endpoint }) }
    case 'gcp':
      return { kind, project, ...(endpoint !== undefined && { endpoint }) }
    case 'vault':
      return { kind, address: at, mount, ...(namespace !== undefined && { namespace }) }
    default:
      return kind satisfies never
  }
}

const credentialOf = (fields: Fields, name: string): Secret => {
  const value = fields[name]
  if (value === undefined) throw new SecretManagerError('denied', `Its credential lacks "${name}". Enter it again.`)
  return value
}

/** Opens a backend with its credential; every request of it goes through the door. Throws SecretManagerError. */
export async function openManager(
  kind: SecretBackendKind,
  settings: Texts,
  fields: Fields,
  egress: Egress,
): Promise<SecretManager> {
  const place = placeOf(kind, settings)
  switch (place.kind) {
    case 'aws': {
      const id = credentialOf(fields, 'access_key_id')
      return openAws(place, { accessKeyId: id, secretAccessKey: credentialOf(fields, 'secret_access_key') }, egress)
    }
    case 'gcp': {
      const file = readKeyFile(credentialOf(fields, 'key_file'))
      if (file === null) throw new SecretManagerError('denied', 'Its key file is not that of a service account. Enter it again.')
      return openGcp(place, { email: file.email, privateKey: file.privateKey }, egress)
    }
    case 'vault': {
      const roleId = settings.role_id
      const credential =
        roleId === undefined ? { token: credentialOf(fields, 'token') } : { roleId, secretId: credentialOf(fields, 'secret_id') }
      return openVault(place, credential, egress)
    }
    default:
      return place satisfies never
  }
}
