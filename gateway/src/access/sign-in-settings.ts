import { type Caller, hasRole, type Role, requireRole } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { SallyportError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { recordAct } from '../store/acts.ts'
import type { Store } from '../store/types.ts'
import { openCurrent, storeSealed } from '../vault/sealing.ts'
import type { Place, Sealed, Vault } from '../vault/types.ts'
import { withUsers } from './members.ts'
import type { Oidc, Provider } from './oidc.ts'

export interface SingleSignOnView {
  readonly issuer: string
  readonly client_id: string
  readonly domains: readonly string[]
  readonly default_role: Role | null
  /** To be registered with the provider. */
  readonly callback_url: string
  /** Where people of the workspace sign in. */
  readonly sign_in_url: string
}

export interface SignInSettingsView {
  readonly require_two_factor: boolean
  readonly single_sign_on: SingleSignOnView | null
}

export interface SingleSignOnRequest {
  readonly issuer: string
  readonly client_id: string
  /** Kept as it is when absent. */
  readonly client_secret?: string
  /** Of the emails that are let in. */
  readonly domains: readonly string[]
  readonly default_role: Role | null
}

/** How people get into a workspace. */
export interface SignInSettings {
  get(caller: Caller): Promise<SignInSettingsView>
  /** Asks the provider first: what does not answer is not stored. */
  update(
    caller: Caller,
    change: { require_two_factor?: boolean; single_sign_on?: SingleSignOnRequest | null },
  ): Promise<SignInSettingsView>
}

/** A provider with whom it lets in. */
export interface WorkspaceProvider extends Provider {
  readonly workspaceId: string
  readonly domains: readonly string[]
  readonly defaultRole: Role | null
}

export interface SignInPolicies extends SignInSettings {
  /** Null for a workspace without single sign-on, and for one that is not there. */
  provider(workspaceId: string): Promise<WorkspaceProvider | null>
  /** The workspace with single sign-on, when there is exactly one: then the sign-in page offers it. */
  theOnly(): Promise<{ readonly id: string; readonly name: string } | null>
}

interface SettingsServices {
  readonly store: Store
  readonly clock: Clock
  readonly vault: Vault
  readonly oidc: Oidc
  readonly publicUrl: () => string
}

export const callbackPath = '/api/v1/session/sso/callback'

const place = (workspace: string, version: number): Place => ({
  workspace,
  table: 'sign_in_settings',
  row: workspace,
  column: 'sso_secret',
  version,
})

interface Row {
  readonly require_two_factor: boolean
  readonly sso_issuer: string | null
  readonly sso_client_id: string | null
  readonly sso_secret: Buffer | null
  readonly sso_secret_key_id: string | null
  readonly sso_secret_version: number
  readonly sso_domains: readonly string[]
  readonly sso_default_role: Role | null
}

const nothing: Row = {
  require_two_factor: false,
  sso_issuer: null,
  sso_client_id: null,
  sso_secret: null,
  sso_secret_key_id: null,
  sso_secret_version: 0,
  sso_domains: [],
  sso_default_role: null,
}

/** What the audit log shows: all but the secret, of which only that it changed. */
function facts(row: Row) {
  const { sso_secret: _, sso_secret_key_id: __, ...shown } = row
  return shown
}

export function createSignInSettings({ store, clock, vault, oidc, publicUrl }: SettingsServices): SignInPolicies {
  async function read(workspaceId: string): Promise<Row> {
    const row = await store.workspace(workspaceId, (db) =>
      db.selectFrom('sign_in_settings').selectAll().where('workspace_id', '=', workspaceId).executeTakeFirst(),
    )
    return row ?? nothing
  }

  const sealedOf = ({ sso_secret: ciphertext, sso_secret_key_id: keyId, sso_secret_version: version }: Row) =>
    ciphertext === null || keyId === null ? null : { ciphertext, keyId, version }

  async function openSecret(workspaceId: string, row: Row): Promise<Secret | null> {
    const sealed = sealedOf(row)
    if (sealed === null) return null
    return openCurrent<Sealed & { version: number }, Secret>(
      sealed,
      ({ version, ...value }) => vault.open(place(workspaceId, version), value),
      async () => {
        vault.refresh(workspaceId)
        const current = sealedOf(await read(workspaceId))
        return current === null || current.ciphertext.equals(sealed.ciphertext) ? null : current
      },
    )
  }

  function view(workspaceId: string, row: Row): SignInSettingsView {
    const { require_two_factor, sso_issuer: issuer, sso_client_id: client_id } = row
    if (issuer === null || client_id === null) return { require_two_factor, single_sign_on: null }
    return {
      require_two_factor,
      single_sign_on: {
        issuer,
        client_id,
        domains: row.sso_domains,
        default_role: row.sso_default_role,
        callback_url: `${publicUrl()}${callbackPath}`,
        sign_in_url: `${publicUrl()}/sign-in?workspace=${workspaceId}`,
      },
    }
  }

  /** Whoever asks for a second factor of all must not lock themselves out by it. */
  async function refuseWithoutOwn({ kind, personId }: Caller): Promise<void> {
    if (kind !== 'session' || personId === null) return
    const person = await store.system((db) =>
      withUsers(db).selectFrom('user').select('twoFactorEnabled').where('id', '=', personId).executeTakeFirst(),
    )
    if (person?.twoFactorEnabled !== true)
      throw new SallyportError('CONFLICT', { detail: 'Turn on two-factor sign-in for yourself first, in your profile.' })
  }

  /** The new row but for its secret, checked with the provider. */
  async function checked(caller: Caller, before: Row, wanted: SingleSignOnRequest): Promise<{ row: Row; secret: Secret }> {
    const { issuer, client_id, client_secret, default_role } = wanted
    const protocol = URL.parse(issuer)?.protocol
    if (protocol !== 'https:' && protocol !== 'http:')
      throw new SallyportError('INVALID_INPUT', {
        detail: 'The issuer must be an https address, such as https://login.example.com.',
      })
    if (default_role !== null && !hasRole(caller, default_role))
      throw new SallyportError('FORBIDDEN', {
        detail: `Nobody lets in at a higher role than their own; yours is ${caller.role}.`,
      })
    // A secret is for the provider it was entered for: to another one it would be told.
    const kept =
      issuer === before.sso_issuer && client_id === before.sso_client_id ? await openSecret(caller.workspaceId, before) : null
    const secret = client_secret === undefined ? kept : new Secret(client_secret)
    if (secret === null) throw new SallyportError('INVALID_INPUT', { detail: 'Enter the client secret of this provider.' })
    await oidc.check({ issuer, clientId: client_id, clientSecret: secret })
    const domains = wanted.domains.map((domain) => domain.trim().toLowerCase().replace(/^@/, ''))
    const row = { ...before, sso_issuer: issuer, sso_client_id: client_id, sso_domains: domains, sso_default_role: default_role }
    return { row, secret }
  }

  async function write(caller: Caller, before: Row, row: Row, secret: Secret | null): Promise<void> {
    const { workspaceId } = caller
    const version = before.sso_secret_version + 1
    await storeSealed(vault, workspaceId, async () => {
      const sealed = secret === null ? null : await vault.seal(place(workspaceId, version), secret)
      const values = {
        require_two_factor: row.require_two_factor,
        sso_issuer: row.sso_issuer,
        sso_client_id: row.sso_client_id,
        sso_secret: sealed?.ciphertext ?? null,
        sso_secret_key_id: sealed?.keyId ?? null,
        sso_secret_version: version,
        sso_domains: JSON.stringify(row.sso_domains),
        sso_default_role: row.sso_default_role,
        updated_at: new Date(clock.now()),
      }
      await store.workspace(workspaceId, async (db) => {
        const written = await db
          .insertInto('sign_in_settings')
          .values({ workspace_id: workspaceId, ...values })
          .onConflict((conflict) =>
            conflict
              .column('workspace_id')
              .doUpdateSet(values)
              .where('sign_in_settings.sso_secret_version', '=', before.sso_secret_version),
          )
          .executeTakeFirst()
        if (written.numInsertedOrUpdatedRows === 0n)
          throw new SallyportError('CONFLICT', {
            detail: 'Somebody else changed these settings meanwhile. Look at them and try again.',
          })
        await recordAct(db, workspaceId, {
          kind: 'sign_in.updated',
          by: caller,
          target: { kind: 'workspace', id: workspaceId, name: caller.workspaceName },
          before: facts(before),
          after: facts({ ...row, sso_secret_version: version }),
        })
      })
    })
  }

  return {
    async get(caller) {
      requireRole(caller, 'admin')
      return view(caller.workspaceId, await read(caller.workspaceId))
    },

    async update(caller, change) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      const before = await read(workspaceId)
      if (change.require_two_factor === true && !before.require_two_factor) await refuseWithoutOwn(caller)
      const row = { ...before, require_two_factor: change.require_two_factor ?? before.require_two_factor }
      if (change.single_sign_on === undefined) await write(caller, before, row, await openSecret(workspaceId, before))
      else if (change.single_sign_on === null) {
        const { require_two_factor } = row
        await write(caller, before, { ...nothing, require_two_factor }, null)
      } else {
        const next = await checked(caller, row, change.single_sign_on)
        await write(caller, before, next.row, next.secret)
      }
      return view(workspaceId, await read(workspaceId))
    },

    async provider(workspaceId) {
      const row = await read(workspaceId)
      const { sso_issuer: issuer, sso_client_id: clientId, sso_domains: domains, sso_default_role: defaultRole } = row
      const clientSecret = await openSecret(workspaceId, row)
      if (issuer === null || clientId === null || clientSecret === null) return null
      return { workspaceId, issuer, clientId, clientSecret, domains, defaultRole }
    },

    async theOnly() {
      const found = await store.system((db) =>
        db
          .selectFrom('sign_in_settings')
          .innerJoin('workspaces', 'workspaces.id', 'sign_in_settings.workspace_id')
          .select(['workspaces.id', 'workspaces.name'])
          .where('sso_issuer', 'is not', null)
          .limit(2)
          .execute(),
      )
      return found.length === 1 ? (found[0] ?? null) : null
    },
  }
}
