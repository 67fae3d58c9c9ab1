import { createHash, randomBytes } from 'node:crypto'
import type { Sallyport } from '@sallyport/sdk'
import type pg from 'pg'
import { type Role, roles } from '../../src/caller.ts'
import { newId } from '../../src/id.ts'
import { CountingUpstream } from './counting-upstream.ts'
import { superuserOf } from './database.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './gateway.ts'
import { startModelServer } from './model-server.ts'

/** What only the database can make as yet: further workspaces, and tokens in any state. Over a superuser's connection. */

async function addWorkspace(db: pg.Client, name: string): Promise<string> {
  const id = newId('workspace')
  await db.query('insert into sallyport.workspaces (id, name) values ($1, $2)', [id, name])
  return id
}

export interface TokenState {
  readonly role: Role
  readonly name?: string
  readonly expiresAt?: Date
  readonly revokedAt?: Date
  readonly createdBy?: string
}

export async function addToken(
  db: pg.Client,
  workspaceId: string,
  { role, name = `the ${role}`, expiresAt, revokedAt, createdBy = 'bootstrap' }: TokenState,
): Promise<{ id: string; token: string }> {
  const id = newId('token')
  const token = `sp_${randomBytes(32).toString('base64url')}`
  const hash = createHash('sha256').update(token).digest()
  await db.query(
    `insert into sallyport.tokens (id, workspace_id, name, role, hash, hint, created_by, expires_at, revoked_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [id, workspaceId, name, role, hash, token.slice(0, 7), createdBy, expiresAt ?? null, revokedAt ?? null],
  )
  return { id, token }
}

/** What a member allowed a program, with its token. */
async function addGrant(db: pg.Client, workspaceId: string, personId: string, client: string): Promise<string> {
  const id = newId('token')
  await db.query(
    `insert into sallyport.oauth_grants (id, workspace_id, user_id, client_id, client_name, client_host, resource, redirect_uri,
       code_hash, code_challenge, code_expires_at, code_used_at)
     values ($1, $2, $3, $4, 'App', 'app.example.test', '/mcp', 'https://app.example.test/callback', $5, '', now(), now())`,
    [id, workspaceId, personId, client, randomBytes(32)],
  )
  await db.query(
    `insert into sallyport.tokens (id, workspace_id, name, role, hash, hint, created_by, user_id, resource)
     values ($1, $2, 'App', 'member', $3, 'spa_0', $4, $4, '/mcp')`,
    [id, workspaceId, randomBytes(32), personId],
  )
  return id
}

/** An alert that is over. */
async function addAlert(db: pg.Client, workspaceId: string, ruleId: string, word: string): Promise<string> {
  const id = newId('alert')
  const rule = { name: word, kind: 'connection_failing', severity: 'info', threshold: 1 }
  await db.query(
    `insert into sallyport.alerts (id, workspace_id, rule_id, rule, subject, label, state, value, examples, since)
     values ($1, $2, $3, $4, '', $5, 'resolved', 1, '[]', now())`,
    [id, workspaceId, ruleId, rule, word],
  )
  return id
}

/** Tables of the schema that have rows of workspaces. */
async function workspaceTables(db: pg.Client): Promise<readonly string[]> {
  const { rows } = await db.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
     where c.relnamespace = 'sallyport'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  )
  return rows.map(({ name }) => name)
}

/**
 * Everything the database holds, of one workspace or of all, as texts to compare. The time of a token's last use is no effect,
 * nor is what the gateway does by the clock: a checkpoint of the audit log, another attempt to write a secret.
 */
export async function contentOf(
  db: pg.Client,
  { workspaceId, without = [] }: { workspaceId?: string; without?: readonly string[] } = {},
): Promise<Record<string, readonly string[]>> {
  const content: Record<string, readonly string[]> = {}
  for (const table of await workspaceTables(db)) {
    if (table === 'audit_checkpoints' || table === 'secret_replicas' || table === 'workflow_steps' || without.includes(table))
      continue
    const { rows } = await db.query<{ row: string }>(
      `select (to_jsonb(t) - 'last_used_at' - 'problem' - case when $2 then array['status', 'epoch', 'steps', 'started_at', 'wake_at', 'ended_at'] else '{}' end)::text as row from sallyport.${table} t where $1::text is null or workspace_id = $1 order by 1`,
      // Runs go on by themselves.
      [workspaceId ?? null, table === 'workflow_runs'],
    )
    content[table] = rows.map(({ row }) => row)
  }
  return content
}

/** Nothing listens there. */
export const backendOf = (name: string) => ({
  name,
  kind: 'vault' as const,
  settings: { address: 'http://127.0.0.1:9', mount: name },
  credential: { token: `token-of-${name}` },
})

/** One workspace with one of everything that has an id, and callers of every role. */
export interface World {
  readonly workspaceId: string
  /** Stands in every name and text of this world. */
  readonly word: string
  readonly connector: string
  readonly connection: string
  readonly call: string
  readonly approval: string
  /** Of the owner's token. */
  readonly result: string
  /** On the cassette that is called like the word. */
  readonly recording: string
  readonly standing: string
  /** A connector that was not published yet. */
  readonly draft: string
  readonly channel: string
  readonly alertRule: string
  readonly alert: string
  readonly silence: string
  /** A token that nobody uses. */
  readonly token: string
  /** A person who is a viewer here and nowhere else, and one of their sessions. */
  readonly member: string
  readonly session: string
  readonly team: string
  readonly network: string
  readonly networkToken: string
  readonly toolset: string
  /** A program that admins registered, and a program that the member lets act for them. */
  readonly client: string
  readonly grant: string
  /** Another grant like that. */
  readonly makeGrant: () => Promise<string>
  readonly invitation: string
  readonly oauthApp: string
  /** Of nobody: nothing listens there. */
  readonly secretBackend: string
  /** A workflow that waits, where it is deployed, and a run of it. */
  readonly workflow: string
  readonly deployment: string
  readonly run: string
  /** What the API gets from this world's connections. */
  readonly key: string
  readonly tokens: Readonly<Record<Role, string>>
}

/** The connector that each world has under a name of its own, and under the name both share. */
function ledgerOf(upstream: CountingUpstream, slug: string, word: string): Record<string, unknown> {
  const input = { type: 'object', properties: { amount: { type: 'integer' } }, additionalProperties: false }
  const body = { type: 'json', value: { amount: '{{amount}}' } }
  return {
    connector: slug,
    name: `Ledger of ${word}`,
    description: `Describes ${word}.`,
    servers: { production: { url: upstream.url } },
    auth: { key: { type: 'api_key', in: 'header', name: 'X-Key' } },
    limits: { per_minute: 100_000, timeout_ms: 5_000, retries: 0 },
    actions: {
      look: { method: 'GET', path: '/look' },
      pay: { method: 'POST', path: '/pay', input, body },
      pay_asked: { method: 'POST', path: '/pay-asked', input, body, confirm: true },
    },
  }
}

const draftOf = (word: string) => ({
  connector: `draft-${word}`,
  name: `Draft of ${word}`,
  servers: { production: { url: 'https://api.example.test' } },
  actions: { look: { method: 'GET', path: '/look' } },
})

/** Fills a workspace over the API, as its owner. */
async function makeWorld(
  gateway: GatewayProcess,
  upstream: CountingUpstream,
  db: pg.Client,
  workspaceId: string,
  word: string,
): Promise<World> {
  const made: [Role, string][] = []
  for (const role of roles) made.push([role, (await addToken(db, workspaceId, { role })).token])
  const tokens = Object.fromEntries(made) as Record<Role, string>
  const owner = gateway.client(tokens.owner)
  const key = `key-of-${word}-0123456789`
  const connect = async (slug: string) => {
    await owner.connectors.create(ledgerOf(upstream, slug, word))
    return owner.connections.create({ connector: slug, name: 'Main', auth: { fields: { key } } })
  }
  const connection = await connect(`ledger-${word}`)
  await connect('shared')
  const agent = gateway.client(tokens.member)
  const ask = { connector: `ledger-${word}`, input: { amount: 1 } }
  const call = await agent.calls.create({ ...ask, action: 'pay', idempotency_key: 'the-same-everywhere' })
  const waiting = await agent.calls.create({ ...ask, action: 'pay_asked' })
  if (!('approval' in waiting)) throw new Error('expected to wait')
  upstream.behave = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ text: `${word} `.repeat(500) }))
  }
  const large = await owner.calls.create({ connector: `ledger-${word}`, action: 'look', max_result_bytes: 1024 })
  if (!('rest' in large) || large.rest === undefined) throw new Error('expected a handle')
  upstream.reset()
  await owner.calls.create({ ...ask, action: 'pay', record: word })
  const recorded = await owner.cassettes.recordings(word)
  const joined = await joinAs(gateway, owner, `viewer@${word}.test`, 'viewer')
  const { rows: sessions } = await db.query<{ id: string }>('select id from sallyport.session where "userId" = $1', [joined.id])
  const selection = { select: {}, include: [], exclude: [] }
  const toolset = await owner.toolsets.create({ slug: word, name: `Tools of ${word}`, selection })
  const team = await owner.teams.create({ name: `Team of ${word}` })
  const { network, token: networkToken } = await owner.networks.create(`Network of ${word}`)
  await owner.teams.setMember(team.id, { person: joined.id, role: 'member' })
  const { id: client } = await owner.clients.create({
    name: `App of ${word}`,
    redirect_uris: ['https://app.example.test/callback'],
  })
  const rule = await owner.alerts.createRule({ name: word, kind: 'connection_failing', enabled: false })
  const until = new Date(Date.now() + 3_600_000).toISOString()
  const makeGrant = () => addGrant(db, workspaceId, joined.id, client)
  const workflow = `flow-${word}`
  const waits = [{ id: 'wait', wait: { for: '300d' } }]
  await owner.workflows.create({ workflow, name: `Flow of ${word}`, steps: waits })
  const deployment = await owner.workflows.deploy(workflow)
  const run = await owner.runs.start({ workflow, input: { word } })
  await owner.runs.wait(run.id)
  return {
    workspaceId,
    word,
    workflow,
    deployment: deployment.id,
    run: run.id,
    client,
    grant: await makeGrant(),
    makeGrant,
    member: joined.id,
    session: sessions[0]?.id ?? '',
    team: team.id,
    network: network.id,
    networkToken: networkToken.id,
    toolset: toolset.id,
    invitation: (await owner.invitations.create({ email: `invited@${word}.test`, role: 'viewer' })).id,
    oauthApp: (
      await owner.oauthApps.create({
        name: `App of ${word}`,
        family: `family-${word.toLowerCase()}`,
        client_id: `client-of-${word}`,
      })
    ).id,
    secretBackend: (await owner.secrets.addBackend(backendOf(word))).id,
    connector: `ledger-${word}`,
    connection: connection.id,
    call: call.id,
    approval: waiting.approval.id,
    result: large.rest.handle,
    recording: recorded.items[0]?.id ?? '',
    channel: (await owner.notifications.create({ kind: 'slack', name: word, url: `${upstream.url}/hook-of-${word}` })).id,
    alertRule: rule.id,
    alert: await addAlert(db, workspaceId, rule.id, word),
    silence: (await owner.alerts.silence({ reason: word, rule: rule.id, until })).id,
    standing: (await owner.approvals.approveNext(waiting.approval.id, { count: 1, same: ['amount'] })).id,
    draft: (await owner.connectorDrafts.put(`draft-${word}`, draftOf(word))).connector,
    token: (await owner.tokens.create({ name: `spare of ${word}`, role: 'viewer' })).id,
    key,
    tokens,
  }
}

/** What a browser sends after it has taken the cookies of an answer. */
export function browserOf(answer: Response): Record<string, string> {
  const cookie = answer.headers.getSetCookie().map((line) => line.split(';', 1)[0])
  return { cookie: cookie.join('; '), 'sec-fetch-site': 'same-origin' }
}

/** Invites somebody, who joins: their id, and the headers of their session. */
export async function joinAs(
  gateway: Pick<GatewayProcess, 'url'>,
  owner: Sallyport,
  email: string,
  role: Role,
  password = 'correct horse battery',
): Promise<{ id: string; headers: Record<string, string> }> {
  const { url } = await owner.invitations.create({ email, role })
  const answer = await fetch(`${gateway.url}/api/v1/join`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: new URL(url ?? '').hash.replace('#code=', ''), name: email.split('@')[0], password }),
  })
  if (answer.status !== 201) throw new Error(await answer.text())
  const headers = browserOf(answer)
  const session = await fetch(`${gateway.url}/api/v1/session`, { headers })
  const { person } = (await session.json()) as { person: { id: string } }
  return { id: person.id, headers }
}

export interface TwoWorlds {
  readonly gateway: GatewayProcess
  readonly upstream: CountingUpstream
  /** As the superuser. */
  readonly db: pg.Client
  readonly ours: World
  readonly theirs: World
  close(): Promise<void>
}

/** A gateway with two workspaces, each with one of everything. */
export async function openTwoWorlds(): Promise<TwoWorlds> {
  const upstream = await new CountingUpstream().start()
  const model = await startModelServer('Hello.')
  const gateway = await startGatewayProcess({ env: model.env })
  const db = await superuserOf(gateway.dataDir)
  // What is told of fresh approvals waits, so that all that changes, and all that is sent, comes of the requests.
  await db.query(`
    create function sallyport.tell_later() returns trigger language plpgsql as
    $$ begin new.due_at := new.due_at + interval '1 day'; return new; end $$;
    create trigger tell_later before insert on sallyport.notifications for each row execute function sallyport.tell_later()`)
  const { rows } = await db.query<{ id: string }>('select id from sallyport.workspaces')
  return {
    gateway,
    upstream,
    db,
    ours: await makeWorld(gateway, upstream, db, rows[0]?.id ?? '', 'atlas'),
    theirs: await makeWorld(gateway, upstream, db, await addWorkspace(db, 'umbra'), 'umbra'),
    async close() {
      await db.end()
      await gateway.stop()
      await model.stop()
      await upstream.stop()
      await removeDataDir(gateway.dataDir)
    },
  }
}

/** Parts of an answer that no other world's caller may see. */
export function tracesOf(world: World): readonly string[] {
  const {
    word,
    workspaceId,
    connector,
    connection,
    call,
    approval,
    result,
    recording,
    standing,
    draft,
    channel,
    alertRule,
    alert,
    silence,
    token,
    key,
    member,
    session,
    team,
    toolset,
    invitation,
    client,
    grant,
    workflow,
    deployment,
    run,
  } = world
  return [
    word,
    workspaceId,
    connector,
    connection,
    call,
    approval,
    result,
    recording,
    standing,
    draft,
    channel,
    alertRule,
    alert,
    silence,
    token,
    key,
    member,
    session,
    team,
    toolset,
    invitation,
    client,
    grant,
    workflow,
    deployment,
    run,
  ]
}

/** An id that nothing has, of the shape of this one. */
export function absent(id: string): string {
  const at = id.lastIndexOf('_') + 1
  if (at > 0) return `${id.slice(0, at)}${'0'.repeat(id.length - at)}`
  return /^[\da-f-]{36}$/.test(id) ? id.replace(/[\da-f]/g, '0') : id.replace(/[a-z]/g, 'x')
}
