import { sql } from 'kysely'
import { SallyportError } from '../errors.ts'
import { pageSize, parseCursor, toPage } from '../page.ts'
import type { Store } from '../store/types.ts'
import type { AuditEntry, AuditQuery } from './types.ts'

interface Row {
  readonly seq: string
  readonly at: Date
  readonly kind: string
  readonly body: string
  readonly hash: Buffer
}

/** What a gateway wrote into the body of an act (store/acts.ts). */
type Body = Partial<Pick<AuditEntry, 'actor' | 'ip' | 'target' | 'before' | 'after' | 'reason'>>

const nobody = { kind: '', id: '', name: '' }

function entryOf({ seq, at, kind, body, hash }: Row): AuditEntry {
  const { actor = nobody, ip = null, target = nobody, before = null, after = null, reason = null } = JSON.parse(body) as Body
  return { seq: Number(seq), at: at.toISOString(), kind, actor, ip, target, before, after, reason, hash: hash.toString('hex') }
}

function instant(name: string, value: string | undefined): Date | undefined {
  if (value === undefined) return undefined
  const at = new Date(value)
  if (!Number.isNaN(at.getTime())) return at
  throw new SallyportError('INVALID_INPUT', { detail: `"${name}" must be a date and time such as 2026-01-31T12:00:00Z.` })
}

/** The place after which a page goes on: time and number of its last entry. */
function placeOf(cursor: string | undefined) {
  if (cursor === undefined) return undefined
  const [, at, seq] = /^(\d{1,15})-(\d{1,15})$/.exec(cursor) ?? []
  if (at !== undefined && seq !== undefined) return { at: new Date(Number(at)), seq }
  throw new SallyportError('INVALID_INPUT', { detail: 'The cursor is not one this listing gave. Start again without it.' })
}

/** Acts, newest first. Whatever is asked for is one range of one index: each set of filters has its own. */
export async function listActs(store: Store, workspaceId: string, query: AuditQuery) {
  const size = pageSize(query.limit)
  const after = placeOf(parseCursor(query.cursor))
  const since = instant('since', query.since)
  const until = instant('until', query.until)
  const rows = await store.workspace(workspaceId, (db) => {
    let select = db
      .selectFrom('audit_log')
      .select(['seq', 'at', 'kind', 'body', 'hash'])
      .where('workspace_id', '=', workspaceId)
      .where('actor', 'is not', null)
    if (query.kind) select = select.where('kind', '=', query.kind)
    if (query.actor) select = select.where('actor', '=', query.actor)
    if (query.target) select = select.where('target', '=', query.target)
    if (since !== undefined) select = select.where('at', '>=', since)
    if (until !== undefined) select = select.where('at', '<', until)
    // The first alone says which months need not be looked at.
    if (after !== undefined)
      select = select.where('at', '<=', after.at).where(sql<boolean>`(at, seq) < (${after.at}, ${after.seq})`)
    return select
      .orderBy('at', 'desc')
      .orderBy('seq', 'desc')
      .limit(size + 1)
      .execute()
  })
  return toPage(rows, size, entryOf, (row) => `${row.at.getTime()}-${row.seq}`)
}

/** Entries of a page of the export; each is a transaction of its own, so that a slow reader holds none. */
const exportPage = 1_000

/** The lines of an export: what it is, what was removed before, the checkpoints, the entries, and how many there were. */
export async function* exportLines(store: Store, workspaceId: string, publicKey: Buffer, from: number, to: number, at: Date) {
  const line = (value: unknown) => `${JSON.stringify(value)}\n`
  yield line({
    type: 'audit_log',
    version: 1,
    workspace_id: workspaceId,
    public_key: publicKey.toString('hex'),
    from,
    to,
    exported_at: at,
  })
  const signed = await store.workspace(workspaceId, async (db) => ({
    gaps: await db.selectFrom('audit_gaps').selectAll().where('workspace_id', '=', workspaceId).orderBy('last_seq').execute(),
    checkpoints: await db
      .selectFrom('audit_checkpoints')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('seq', '>=', String(from))
      .where('seq', '<=', String(to))
      .orderBy('seq')
      .execute(),
  }))
  const hex = <T extends { hash: Buffer; public_key: Buffer; signature: Buffer }>(row: T) => ({
    ...row,
    hash: row.hash.toString('hex'),
    public_key: row.public_key.toString('hex'),
    signature: row.signature.toString('hex'),
  })
  for (const { first_seq, last_seq, ...gap } of signed.gaps)
    yield line({ type: 'gap', ...hex(gap), first_seq: Number(first_seq), last_seq: Number(last_seq) })
  for (const { seq, ...checkpoint } of signed.checkpoints)
    yield line({ type: 'checkpoint', ...hex(checkpoint), seq: Number(seq) })
  let entries = 0
  for (let next = from; next <= to; ) {
    const rows = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('audit_log')
        .select(['seq', 'at', 'kind', 'body', 'hash'])
        .where('workspace_id', '=', workspaceId)
        .where('seq', '>=', String(next))
        .where('seq', '<=', String(to))
        .orderBy('seq')
        .limit(exportPage)
        .execute(),
    )
    yield rows
      .map(({ seq, hash, ...row }) => line({ type: 'entry', seq: Number(seq), ...row, hash: hash.toString('hex') }))
      .join('')
    entries += rows.length
    const last = rows.at(-1)
    if (last === undefined) break
    next = Number(last.seq) + 1
  }
  yield line({ type: 'end', entries })
}
