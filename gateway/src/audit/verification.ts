import { sql, type Transaction } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import { isSigned } from '../vault/signing.ts'
import { checkpointText, gapText } from './signatures.ts'
import type { AuditProblem, Verification, VerifyQuery } from './types.ts'

/** Entries of one step: under a second of work for the database. */
const stepEntries = 100_000
/** Problems that one step names. */
const mostProblems = 100

interface Signed {
  readonly hash: Buffer
  readonly at: Date
  readonly public_key: Buffer
  readonly signature: Buffer
}

/** Ranges that are gone by retention, with the hash that the chain goes on from after each. */
interface Gap extends Signed {
  readonly first_seq: string
  readonly last_seq: string
}

type Note = (kind: AuditProblem['kind'], seq: number, lastSeq: number, detail: string) => void

/** What retention removed, as far as it is signed and without a hole. */
async function signedGaps(db: Transaction<Database>, workspace: string, publicKey: Buffer, problem: Note): Promise<Gap[]> {
  const rows = await db.selectFrom('audit_gaps').selectAll().where('workspace_id', '=', workspace).orderBy('last_seq').execute()
  const gaps: Gap[] = []
  for (const gap of rows) {
    const [first, last] = [Number(gap.first_seq), Number(gap.last_seq)]
    const text = gapText(workspace, gap.first_seq, gap.last_seq, gap.hash, gap.at)
    if (!isSigned(publicKey, text, gap.signature))
      problem('gap', first, last, `That #${first} to #${last} were removed is not signed by this installation.`)
    else if (first !== Number(gaps.at(-1)?.last_seq ?? 0) + 1)
      problem('gap', first, last, `Entries before #${first} were removed without a signature.`)
    else gaps.push(gap)
  }
  return gaps
}

/** Where the chain ends by its head, and by its entries. One statement, so that no entry comes in between. */
async function endOf(db: Transaction<Database>, workspace: string) {
  const { rows } = await sql<{ head: string; hash: Buffer | null; last: string }>`
    select coalesce(h.seq, 0) as head, h.hash,
      coalesce((select seq from audit_log where workspace_id = ${workspace} order by seq desc limit 1), 0) as last
    from (select) as one left join log_heads h on h.workspace_id = ${workspace}`.execute(db)
  const [end] = rows
  return { head: Number(end?.head ?? 0), headHash: end?.hash ?? null, last: Number(end?.last ?? 0) }
}

/** Computes every hash of a stretch anew, and answers the entries that do not go on from the one before, or would be found as another's. */
async function broken(db: Transaction<Database>, workspace: string, from: number, to: number, gaps: readonly Gap[]) {
  const starts = gaps.map(({ last_seq, hash }) => ({ seq: last_seq, hash: hash.toString('hex') }))
  const { rows } = await sql<{ entries: number; breaks: { seq: number; before: number }[] }>`
    with stretch as materialized (
      select seq, at, kind, body, hash, actor, target, false as given from audit_log
        where workspace_id = ${workspace} and seq between ${from} and ${to}
      union all (
        select seq, at, kind, body, hash, actor, target, true from audit_log where workspace_id = ${workspace} and seq < ${from} order by seq desc limit 1
      )
      union all
      select seq, null, null, null, decode(hash, 'hex'), null, null, true
        from json_to_recordset(${JSON.stringify([{ seq: 0, hash: '00'.repeat(32) }, ...starts])}::json) as s (seq bigint, hash text)
        where seq <= ${to}
    ), chained as (
      select *, lag(seq) over chain as before, lag(hash) over chain as hash_before from stretch
      window chain as (order by seq, given desc, at)
    ), breaks as (
      select seq, before from chained where not given and (
        seq <> before + 1
        or hash <> sha256(hash_before || convert_to(audit_header(${workspace}, seq, audit_stamp(at), kind) || body, 'UTF8'))
        or actor is distinct from case when not audit_is_call(kind) then audit_id(body, 'actor') end
        or target is distinct from case when not audit_is_call(kind) then audit_id(body, 'target') end
      ) order by seq limit ${mostProblems}
    )
    select (select count(*)::float8 from stretch where not given) as entries,
      (select coalesce(json_agg(b order by seq), '[]') from breaks b) as breaks`.execute(db)
  return rows[0] ?? { entries: 0, breaks: [] }
}

/** The signed ends of a stretch, each with the hash that the chain has there. */
async function checkpointsOf(db: Transaction<Database>, workspace: string, from: number, to: number) {
  const { rows } = await sql<Signed & { seq: string; found: Buffer | null }>`
    select c.*, l.hash as found from audit_checkpoints c
    left join audit_log l on l.workspace_id = c.workspace_id and l.seq = c.seq
    where c.workspace_id = ${workspace} and c.seq between ${from} and ${to} order by c.seq`.execute(db)
  return rows
}

async function hashAt(db: Transaction<Database>, workspace: string, seq: number): Promise<Buffer | undefined> {
  const found = await db
    .selectFrom('audit_log')
    .select('hash')
    .where('workspace_id', '=', workspace)
    .where('seq', '=', String(seq))
    .executeTakeFirst()
  return found?.hash
}

export async function verifyStep(
  store: Store,
  workspace: string,
  publicKey: Buffer,
  { from = 1, known_seq, known_hash }: VerifyQuery,
  now: Date,
): Promise<Verification> {
  return store.workspace(workspace, async (db) => {
    const problems: AuditProblem[] = []
    const problem: Note = (kind, seq, last_seq, detail) => {
      if (problems.length < mostProblems) problems.push({ seq, last_seq, kind, detail })
    }
    const gaps = await signedGaps(db, workspace, publicKey, problem)
    const { head, headHash, last } = await endOf(db, workspace)
    const to = Math.min(from + stepEntries - 1, Math.max(head, last))

    const { entries, breaks } = await broken(db, workspace, from, to, gaps)
    for (const { seq: here, before: previous } of breaks) {
      if (here === previous) problem('inserted', here, here, `There are two entries #${here}.`)
      else if (here !== previous + 1)
        problem('removed', previous + 1, here - 1, `Entries #${previous + 1} to #${here - 1} are missing.`)
      else problem('altered', here, here, `Entry #${here} is not what was written there, or stands in another's place.`)
    }

    const signed = await checkpointsOf(db, workspace, from, to)
    for (const { seq, found, ...checkpoint } of signed) {
      const at = Number(seq)
      if (!isSigned(publicKey, checkpointText(workspace, seq, checkpoint.hash, checkpoint.at), checkpoint.signature))
        problem('checkpoint', at, at, `The checkpoint at #${at} is not signed by this installation.`)
      else if (found !== null && !found.equals(checkpoint.hash))
        problem(
          'altered',
          at,
          at,
          `The chain up to #${at} was written anew: its signed checkpoint of ${checkpoint.at.toISOString()} has another hash.`,
        )
    }

    const end = Math.max(head, last) <= to
    if (end) {
      const beyond = await checkpointsOf(db, workspace, to + 1, Number.MAX_SAFE_INTEGER)
      const known = Math.max(head, known_seq ?? 0, ...beyond.map(({ seq }) => Number(seq)))
      const reached = Math.max(last, Number(gaps.at(-1)?.last_seq ?? 0))
      if (reached < known) problem('cut_off', reached + 1, known, `Entries #${reached + 1} to #${known} are missing at the end.`)
      if (last > head) problem('inserted', head + 1, last, `Entries #${head + 1} to #${last} stand after the end of the chain.`)
      if (last === head && headHash !== null && !(await hashAt(db, workspace, head))?.equals(headHash))
        problem('altered', head, head, `The end of the chain at #${head} is not the one that was noted.`)
    }
    if (known_seq !== undefined && known_hash !== undefined && known_seq >= from && known_seq <= to) {
      const hash = await hashAt(db, workspace, known_seq)
      if (hash !== undefined && hash.toString('hex') !== known_hash.toLowerCase())
        problem(
          'altered',
          known_seq,
          known_seq,
          `The chain up to #${known_seq} was written anew: the given checkpoint has another hash.`,
        )
    }
    return {
      workspace_id: workspace,
      public_key: publicKey.toString('hex'),
      from,
      to,
      head,
      next: end ? null : to + 1,
      entries,
      checkpoints: signed.length,
      problems,
      verified_at: now.toISOString(),
    }
  })
}
