import { sql, type Transaction } from 'kysely'
import type { Clock } from '../clock.ts'
import { SallyportError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import type { Database, InvitationRow } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import { sha256 } from '../vault/digest.ts'
import { disclose } from '../vault/disclose.ts'
import { join } from './joining.ts'
import { withUsers } from './members.ts'
import type { Identity, Oidc } from './oidc.ts'
import type { Client, People, SignedIn } from './people.ts'
import { recordPersonAct } from './session-acts.ts'
import { callbackPath, type SignInPolicies, type WorkspaceProvider } from './sign-in-settings.ts'

/** Why single sign-on did not let somebody in; the sign-in page has a sentence for each. */
export type SsoProblem =
  | 'began_elsewhere' // in another browser, more than ten minutes ago, or twice
  | 'refused' // the provider said no, or tells no email
  | 'email_unverified'
  | 'other_domain'
  | 'no_member' // nobody invited them, or they were removed
  | 'link_first' // the email has an account with a password: its owner connects the two while signed in

export interface SingleSignOn {
  /**
   * Where to send the browser, with the cookie that ties the answer to it. `returnTo` is the path of ours that the person was
   * on. Throws NOT_FOUND without single sign-on, INVALID_INPUT for a path that leads elsewhere.
   */
  begin(workspaceId: string, returnTo?: string): Promise<{ readonly url: string; readonly cookies: readonly string[] }>
  /**
   * The browser is back from the provider. The session counts for the provider's workspace only: its admins, who chose the
   * provider, vouch for nobody elsewhere.
   */
  finish(
    back: { search: string; cookie: Secret },
    client: Client,
  ): Promise<{ readonly cookies: readonly string[]; readonly problem: SsoProblem | null; readonly returnTo: string }>
}

interface SsoServices {
  readonly store: Store
  readonly clock: Clock
  readonly people: People
  readonly oidc: Oidc
  readonly policies: SignInPolicies
  readonly publicUrl: () => string
}

/** How long somebody may take at the provider. */
const beganMs = 10 * 60_000

interface Began {
  readonly workspace: string
  readonly nonce: string
  readonly verifier: string
  /** Absent in one that an older gateway wrote. */
  readonly returnTo?: string
}

const providerId = (workspaceId: string) => `sso:${workspaceId}`
const accountId = ({ issuer }: WorkspaceProvider, { subject }: Identity) => `${issuer}#${subject}`

export function createSingleSignOn({ store, clock, people, oidc, policies, publicUrl }: SsoServices): SingleSignOn {
  const redirectUri = () => `${publicUrl()}${callbackPath}`
  const keyOf = (state: string) => `sso:${sha256(state).toString('base64')}`
  const isSecure = () => publicUrl().startsWith('https:')
  const cookieName = () => `${isSecure() ? '__Host-' : ''}sallyport.sso`
  const cookie = (value: string, seconds: number) =>
    `${cookieName()}=${value}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Lax${isSecure() ? '; Secure' : ''}`

  function stateOf(cookies: Secret): string | undefined {
    const pair = disclose(cookies)
      .split(';')
      .map((part) => part.trim())
      .find((part) => part.startsWith(`${cookieName()}=`))
    return pair?.slice(cookieName().length + 1)
  }

  /** What {@link SingleSignOn.begin} wrote, once. */
  async function takeBegan(state: string): Promise<Began | null> {
    const { rows } = await store.system((db) =>
      sql<{
        value: string
      }>`delete from verification where identifier = ${keyOf(state)} and "expiresAt" > ${new Date(clock.now())} returning value`.execute(
        db,
      ),
    )
    // Written below, by nobody else.
    return rows[0] === undefined ? null : (JSON.parse(rows[0].value) as Began)
  }

  /** Who this identity is here, made a member where an invitation or the settings let them in. */
  async function settle(
    db: Transaction<Database>,
    provider: WorkspaceProvider,
    identity: Identity,
    present: SignedIn | null,
    ip: string,
  ): Promise<SsoProblem | { readonly userId: string }> {
    const { workspaceId } = provider
    const users = withUsers(db).selectFrom('user').select(['user.id', 'user.name', 'user.email'])
    const { rows: linked } = await sql<{ userId: string }>`
      select "userId" from account where "providerId" = ${providerId(workspaceId)} and "accountId" = ${accountId(provider, identity)}`.execute(
      db,
    )
    const known =
      linked[0] === undefined
        ? await users.where('user.email', '=', identity.email).executeTakeFirst()
        : await users.where('user.id', '=', linked[0].userId).executeTakeFirst()
    // Only whoever is signed in as the owner of an account connects it, or a provider could claim anybody's email.
    if (known !== undefined && linked[0] === undefined && present?.id !== known.id) return 'link_first'

    const membership = known && (await memberRole(db, workspaceId, known.id))
    const invitation = membership === undefined ? await openInvitation(db, workspaceId, identity.email) : null
    // Who was removed is not let in again by the settings, only by an invitation.
    const role = membership ?? invitation?.role ?? (linked[0] === undefined ? provider.defaultRole : null)
    if (role === null) return 'no_member'

    const { name, email } = identity
    const person = known ?? { id: await people.add(db, { name, email, passwordHash: null }), name, email }
    if (linked[0] === undefined) {
      await sql`insert into account (id, "accountId", "providerId", "userId")
        values (${crypto.randomUUID()}, ${accountId(provider, identity)}, ${providerId(workspaceId)}, ${person.id})`.execute(db)
    }
    if (membership === undefined) await join(db, { workspaceId, person, role, now: new Date(clock.now()), ip, invitation })
    return { userId: person.id }
  }

  async function openInvitation(db: Transaction<Database>, workspaceId: string, email: string): Promise<InvitationRow | null> {
    const found = await db
      .selectFrom('invitations')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('email', '=', email)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', new Date(clock.now()))
      .forUpdate()
      .executeTakeFirst()
    return found ?? null
  }

  async function enter(began: Began, state: string, search: string, present: SignedIn | null, client: Client) {
    const provider = await policies.provider(began.workspace)
    if (provider === null) return 'refused'
    const back = new URL(search, redirectUri())
    const identity = await oidc.identify(provider, back, { state, nonce: began.nonce, verifier: began.verifier })
    if (identity === null) return 'refused'
    if (!identity.emailVerified) return 'email_unverified'
    if (!provider.domains.includes(identity.email.slice(identity.email.lastIndexOf('@') + 1))) return 'other_domain'
    return store.system((db) => settle(db, provider, identity, present, client.ip ?? ''))
  }

  return {
    async begin(workspaceId, wanted = '/') {
      const returnTo = ownPath(wanted, publicUrl())
      const provider = await policies.provider(workspaceId)
      if (provider === null)
        throw new SallyportError('NOT_FOUND', {
          detail: 'There is no single sign-on at this address. Ask an admin for the link.',
        })
      const { url, state, nonce, verifier } = await oidc.begin(provider, redirectUri())
      const began = JSON.stringify({ workspace: workspaceId, nonce, verifier, returnTo } satisfies Began)
      await store.system(async (db) => {
        await sql`delete from verification where identifier like 'sso:%' and "expiresAt" < ${new Date(clock.now())}`.execute(db)
        await sql`insert into verification (id, identifier, value, "expiresAt")
          values (${crypto.randomUUID()}, ${keyOf(state)}, ${began}, ${new Date(clock.now() + beganMs)})`.execute(db)
      })
      return { url, cookies: [cookie(state, beganMs / 1000)] }
    },

    async finish({ search, cookie: cookies }, client) {
      const cleared = [cookie('', 0)]
      const state = stateOf(cookies)
      const began = state === undefined ? null : await takeBegan(state)
      if (state === undefined || began === null) return { cookies: cleared, problem: 'began_elsewhere', returnTo: '/' }
      const { returnTo = '/' } = began
      const present = await people.whose(cookies)
      // A session that another provider opened vouches for nobody here.
      const trusted = present?.onlyWorkspace === null || present?.onlyWorkspace === began.workspace ? present : null
      const entered = await enter(began, state, search, trusted, client)
      if (typeof entered === 'string') return { cookies: cleared, problem: entered, returnTo }
      const opened = await people.openSession(entered.userId, began.workspace, client)
      await store.system((db) =>
        recordPersonAct(
          db,
          'session.began',
          { id: entered.userId },
          {
            ...(client.ip !== undefined && { ip: client.ip }),
            after: { single_sign_on: began.workspace },
          },
        ),
      )
      return { cookies: [...cleared, ...opened], problem: null, returnTo }
    },
  }
}

/** The path, query and fragment of an address on our own origin. Throws INVALID_INPUT for any other. */
function ownPath(wanted: string, origin: string): string {
  const url = wanted.startsWith('/') ? URL.parse(wanted, origin) : null
  if (url?.origin === new URL(origin).origin) {
    const path = `${url.pathname}${url.search}${url.hash}`
    // What is left of "/.//elsewhere" names another host to a browser.
    if (!path.startsWith('//')) return path
  }
  throw new SallyportError('INVALID_INPUT', { detail: 'return_to must be a path of this gateway, such as /connections.' })
}

async function memberRole(db: Transaction<Database>, workspaceId: string, userId: string) {
  const member = await db
    .selectFrom('members')
    .select('role')
    .where('workspace_id', '=', workspaceId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return member?.role
}
