import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { Sallyport } from '../sdk/src/index.ts'
import { connect } from './audit.ts'
import { newOwnerToken, startSubject } from './governed.ts'
import { type Figures, median, round } from './report.ts'

const workspaces = 1_000
const connectionsEach = 100
const tokensEach = 20
const repetitions = 60

/** Copies of what the first workspace has, under ids of their own. */
async function fill(db: pg.Client): Promise<void> {
  const copies = (table: string, ids: string) =>
    db.query(
      `insert into ${table} select (jsonb_populate_record(t, to_jsonb(t) || ${ids})).* from ${table} t, generate_series(1, $1::int) w
       where t.workspace_id = (select id from workspaces order by created_at limit 1)`,
      [workspaces - 1],
    )
  const own = `jsonb_build_object('workspace_id', 'ws_copy' || w)`
  for (const table of ['connectors', 'connector_versions']) await copies(table, own)
  await copies('connections', `jsonb_build_object('workspace_id', 'ws_copy' || w, 'id', t.id || 'x' || w)`)
  await copies(
    'tokens',
    `jsonb_build_object('workspace_id', 'ws_copy' || w, 'id', t.id || 'x' || w, 'hash', '\\x' || encode(sha256(convert_to(t.id || w, 'UTF8')), 'hex'))`,
  )
  await db.query(
    `insert into workspaces select (jsonb_populate_record(t, to_jsonb(t) || jsonb_build_object('id', 'ws_copy' || w))).* from workspaces t, generate_series(1, $1::int) w`,
    [workspaces - 1],
  )
  await db.query('analyze')
}

async function p50(ask: (n: number) => Promise<unknown>, times: number): Promise<number> {
  const taken: number[] = []
  for (let n = 0; n < times; n++) {
    const started = performance.now()
    await ask(n)
    taken.push(performance.now() - started)
  }
  return median(taken)
}

/** Listing connections and authenticating, in an installation of one workspace and in one of a thousand with a hundred connections each. */
export async function benchWorkspaces(say: (line: string) => void): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-'))
  const ownerToken = newOwnerToken()
  const gateway = await startSubject(folder, ownerToken)
  try {
    const owner = new Sallyport({ url: gateway.url, token: ownerToken })
    const servers = { production: { url: 'https://api.example.test' } }
    await owner.connectors.create({
      connector: 'api',
      name: 'API',
      servers,
      actions: { look: { method: 'GET', path: '/things' } },
    })
    for (let n = 0; n < connectionsEach; n++) await owner.connections.create({ connector: 'api', name: `Account ${n}` })
    const tokens: string[] = []
    for (let n = 0; n < tokensEach * 2; n++)
      tokens.push((await owner.tokens.create({ name: `agent ${n}`, role: 'viewer' })).token)

    // A token that nobody has shown for five seconds is looked up.
    const measure = async (fresh: readonly string[]) => ({
      listing: await p50(() => owner.connections.list({ limit: 50 }), repetitions),
      authenticating: await p50(
        (n) => new Sallyport({ url: gateway.url, token: fresh[n] ?? '' }).request('get', '/api/v1/session', {}),
        fresh.length,
      ),
    })
    await measure([ownerToken])
    const alone = await measure(tokens.slice(0, tokensEach))
    say(`filling: ${workspaces} workspaces with ${connectionsEach} connections each`)
    const db = await connect(folder)
    try {
      await fill(db)
    } finally {
      await db.end()
    }
    await measure([ownerToken])
    const among = await measure(tokens.slice(tokensEach))
    return {
      listing_ms: round(among.listing),
      listing_alone_ms: round(alone.listing),
      listing_ratio: round(among.listing / alone.listing),
      authenticating_ms: round(among.authenticating),
      authenticating_alone_ms: round(alone.authenticating),
      authenticating_ratio: round(among.authenticating / alone.authenticating),
    }
  } finally {
    await gateway.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
