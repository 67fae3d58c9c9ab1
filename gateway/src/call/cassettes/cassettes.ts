import { requireRole } from '../../caller.ts'
import type { Clock } from '../../clock.ts'
import type { ConnectorRegistry } from '../../connections/connectors.ts'
import { SallyportError } from '../../errors.ts'
import { newId } from '../../id.ts'
import { type Page, pageSize, parseCursor, toPage } from '../../page.ts'
import { recordAct } from '../../store/acts.ts'
import type { RecordingRow } from '../../store/schema.ts'
import type { Store } from '../../store/types.ts'
import { canonicalJson } from '../../vault/digest.ts'
import type { SealedCalls } from '../sealed-calls.ts'
import { Content, matchOf, type Recording, signatureOf } from './recording.ts'
import type { CassetteFile, Cassettes, CassetteView, RecordingView, Tape } from './types.ts'

/** Of one recording as JSON, and of a whole cassette. */
const maxRecordingBytes = 1024 * 1024
const maxCassetteBytes = 20 * 1024 * 1024
const maxRecordings = 1_000

interface Services {
  readonly store: Store
  readonly sealedCalls: SealedCalls
  readonly connectors: Pick<ConnectorRegistry, 'compiled'>
  readonly clock: Clock
}

function refuseLarge(bytes: number, recordings: number): void {
  if (bytes <= maxCassetteBytes && recordings <= maxRecordings) return
  throw new SallyportError('CONFLICT', {
    detail: `A cassette holds at most ${maxRecordings} recordings and ${maxCassetteBytes / 1024 / 1024} MB. Record on another one.`,
  })
}

const noCassette = (name: string) =>
  new SallyportError('NOT_FOUND', { detail: `There is no cassette "${name.slice(0, 100)}" in this workspace.` })
const noRecording = (id: string) => new SallyportError('NOT_FOUND', { detail: `There is no recording "${id.slice(0, 100)}".` })

export function createCassettes({ store, sealedCalls, connectors, clock }: Services): Cassettes & Tape {
  async function open(
    row: Pick<RecordingRow, 'id' | 'workspace_id' | 'sealed_recording' | 'recording_key_id'>,
  ): Promise<Content> {
    const sealed = { ciphertext: row.sealed_recording, keyId: row.recording_key_id }
    const content = await sealedCalls.openRecording(row.workspace_id, row.id, sealed)
    if (!Content.Check(content)) throw new SallyportError('DECRYPT_FAILED', { internal: 'what was recorded is no recording' })
    return content
  }

  async function seal(workspaceId: string, cassette: string, recording: Recording) {
    const { connector, version, action, method, url, signature, status, input, answer } = recording
    const id = newId('recording', clock.now())
    const content: Content = { input, answer }
    const bytes = Buffer.byteLength(JSON.stringify(content))
    if (bytes > maxRecordingBytes)
      throw new SallyportError('PAYLOAD_TOO_LARGE', {
        detail: `An answer of "${action}" has more than the ${maxRecordingBytes / 1024 / 1024} MB that a recording may have.`,
      })
    const sealed = await sealedCalls.sealRecording(workspaceId, id, content)
    return {
      ...{ id, workspace_id: workspaceId, cassette, connector, connector_version: version, action, method, url, bytes },
      ...{ signature: Buffer.from(signature, 'hex'), match: matchOf(recording), upstream_status: status },
      error_code: 'error' in answer ? answer.error.code : null,
      ...{ sealed_recording: sealed.ciphertext, recording_key_id: sealed.keyId, recorded_at: new Date(clock.now()) },
    }
  }

  /** Whether the action is another now than it was; true also when it is gone. */
  async function isStale({ workspace_id, connector, action, signature }: RecordingRow): Promise<boolean> {
    try {
      const compiled = await connectors.compiled(workspace_id, connector)
      const now = compiled.actions.get(action)
      return now === undefined || !signatureOf(compiled, now).equals(signature)
    } catch (error) {
      if (error instanceof SallyportError && error.code === 'NOT_FOUND') return true
      throw error
    }
  }

  async function view(row: RecordingRow): Promise<RecordingView> {
    const { id, cassette, connector, connector_version, action, method, url, upstream_status: status, error_code, bytes } = row
    const stale = await isStale(row)
    const content = await open(row)
    const facts = { id, cassette, connector, connector_version, action, method, url, status, error_code, bytes, stale }
    return { ...facts, recorded_at: row.recorded_at.toISOString(), ...content }
  }

  async function list(workspaceId: string, name?: string): Promise<readonly CassetteView[]> {
    return store.workspace(workspaceId, async (db) => {
      let select = db
        .selectFrom('recordings')
        .select(({ fn, ref }) => [
          'cassette as name',
          fn.countAll<string>().as('recordings'),
          fn.sum<string>('bytes').as('bytes'),
          fn
            .agg<string[]>('array_agg', [ref('connector')])
            .distinct()
            .as('connectors'),
          fn.max('recorded_at').as('recorded_at'),
        ])
        .where('workspace_id', '=', workspaceId)
      if (name !== undefined) select = select.where('cassette', '=', name)
      const rows = await select.groupBy('cassette').orderBy('cassette').execute()
      const recording = await db
        .selectFrom('connections')
        .select(['id', 'name', 'record'])
        .where('workspace_id', '=', workspaceId)
        .where('record', 'is not', null)
        .orderBy('id')
        .execute()
      const bound = await db
        .selectFrom('tokens')
        .select(['id', 'name', 'cassette'])
        .where('workspace_id', '=', workspaceId)
        .where('cassette', 'is not', null)
        .where('revoked_at', 'is', null)
        .orderBy('id')
        .execute()
      const known = new Map(rows.map((row) => [row.name, row]))
      // One that is recorded on or replayed, and empty so far, is there as well.
      const named = [...recording.map(({ record }) => record), ...bound.map(({ cassette }) => cassette)].flatMap(
        (each) => each ?? [],
      )
      const names = name === undefined ? [...new Set([...known.keys(), ...named])].sort() : [...known.keys()]
      return names.map((each): CassetteView => {
        const row = known.get(each)
        return {
          name: each,
          recordings: Number(row?.recordings ?? 0),
          bytes: Number(row?.bytes ?? 0),
          connectors: row === undefined ? [] : [...row.connectors].sort(),
          recorded_at: row?.recorded_at.toISOString() ?? null,
          recording: recording.filter(({ record }) => record === each).map((one) => ({ id: one.id, name: one.name })),
          replaying: bound.filter(({ cassette }) => cassette === each).map((one) => ({ id: one.id, name: one.name })),
        }
      })
    })
  }

  return {
    async list(caller) {
      requireRole(caller, 'manager')
      return list(caller.workspaceId)
    },

    async recordings(caller, name, { limit, cursor }): Promise<Page<RecordingView>> {
      requireRole(caller, 'manager')
      const size = pageSize(limit)
      const after = parseCursor(cursor)
      const rows = await store.workspace(caller.workspaceId, (db) => {
        let select = db
          .selectFrom('recordings')
          .selectAll()
          .where('workspace_id', '=', caller.workspaceId)
          .where('cassette', '=', name)
        if (after !== undefined) select = select.where('id', '<', after)
        return select
          .orderBy('id', 'desc')
          .limit(size + 1)
          .execute()
      })
      if (rows.length === 0 && after === undefined) throw noCassette(name)
      const page = toPage(
        rows,
        size,
        (row) => row,
        ({ id }) => id,
      )
      return { items: await Promise.all(page.items.map(view)), next_cursor: page.next_cursor }
    },

    async export(caller, name): Promise<CassetteFile> {
      requireRole(caller, 'manager')
      const rows = await store.workspace(caller.workspaceId, (db) =>
        db
          .selectFrom('recordings')
          .selectAll()
          .where('workspace_id', '=', caller.workspaceId)
          .where('cassette', '=', name)
          .execute(),
      )
      if (rows.length === 0) throw noCassette(name)
      const recordings = await Promise.all(
        rows.map(async (row): Promise<Recording> => {
          const { connector, connector_version: version, action, method, url, upstream_status: status } = row
          const signature = row.signature.toString('hex')
          return { connector, version, action, method, url, signature, status, ...(await open(row)) }
        }),
      )
      return { format: 1, recordings: inOrder(recordings) }
    },

    async import(caller, name, { recordings }) {
      requireRole(caller, 'manager')
      const { workspaceId } = caller
      await sealedCalls.storing(workspaceId, async () => {
        // Of two with the same call the last one counts.
        const byMatch = new Map(recordings.map((each) => [matchOf(each).toString('hex'), each]))
        const rows = await Promise.all([...byMatch.values()].map((each) => seal(workspaceId, name, each)))
        refuseLarge(
          rows.reduce((sum, { bytes }) => sum + bytes, 0),
          rows.length,
        )
        await store.workspace(workspaceId, async (db) => {
          await db.deleteFrom('recordings').where('workspace_id', '=', workspaceId).where('cassette', '=', name).execute()
          await db.insertInto('recordings').values(rows).execute()
          const target = { kind: 'cassette', id: name, name }
          await recordAct(db, workspaceId, { kind: 'cassette.imported', by: caller, target, after: { recordings: rows.length } })
        })
      })
      const [made] = await list(workspaceId, name)
      if (made === undefined) throw noCassette(name)
      return made
    },

    async remove(caller, name) {
      requireRole(caller, 'manager')
      const { workspaceId } = caller
      await store.workspace(workspaceId, async (db) => {
        const gone = await db
          .deleteFrom('recordings')
          .where('workspace_id', '=', workspaceId)
          .where('cassette', '=', name)
          .returning('id')
          .execute()
        if (gone.length === 0) throw noCassette(name)
        const target = { kind: 'cassette', id: name, name }
        await recordAct(db, workspaceId, { kind: 'cassette.deleted', by: caller, target, before: { recordings: gone.length } })
      })
    },

    async removeRecording(caller, id) {
      requireRole(caller, 'manager')
      const { workspaceId } = caller
      await store.workspace(workspaceId, async (db) => {
        const row = await db
          .deleteFrom('recordings')
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', id)
          .returning(['cassette', 'connector', 'action'])
          .executeTakeFirst()
        if (row === undefined) throw noRecording(id)
        const target = { kind: 'cassette', id: row.cassette, name: row.cassette }
        await recordAct(db, workspaceId, { kind: 'cassette.recording_deleted', by: caller, target, before: { id, ...row } })
      })
    },

    async keep(workspaceId, name, recording) {
      await sealedCalls.storing(workspaceId, async () => {
        const row = await seal(workspaceId, name, recording)
        await store.workspace(workspaceId, async (db) => {
          const own = db.selectFrom('recordings').where('workspace_id', '=', workspaceId).where('cassette', '=', name)
          const { count, bytes } = await own
            .select(({ fn }) => [fn.countAll<string>().as('count'), fn.sum<string | null>('bytes').as('bytes')])
            .where('match', '<>', row.match)
            .executeTakeFirstOrThrow()
          refuseLarge(Number(bytes ?? 0) + row.bytes, Number(count) + 1)
          await db
            .deleteFrom('recordings')
            .where('workspace_id', '=', workspaceId)
            .where('cassette', '=', name)
            .where('match', '=', row.match)
            .execute()
          await db
            .insertInto('recordings')
            .values(row)
            // The same call at the same time: either answer stands for it.
            .onConflict((conflict) => conflict.columns(['workspace_id', 'cassette', 'match']).doNothing())
            .execute()
        })
      })
    },

    async find(workspaceId, name, call) {
      const { row, others } = await store.workspace(workspaceId, async (db) => {
        const own = db.selectFrom('recordings').where('workspace_id', '=', workspaceId).where('cassette', '=', name)
        const found = await own.selectAll().where('match', '=', matchOf(call)).executeTakeFirst()
        if (found !== undefined) return { row: found, others: [] }
        const rest = own.select(['signature', 'connector_version', 'method', 'url'])
        return {
          row: found,
          others: await rest
            .where('connector', '=', call.connector)
            .where('action', '=', call.action)
            .orderBy('id', 'desc')
            .limit(maxRecordings)
            .execute(),
        }
      })
      const was = ({ connector_version: version, method, url, signature }: (typeof others)[number]) => ({
        version,
        method,
        url,
        signature,
      })
      if (row === undefined) return { kind: 'missing', others: others.map(was) }
      return { kind: 'found', ...was(row), status: row.upstream_status, content: () => open(row) }
    },
  }
}

/** By connector, action and input, so that a file changes only where an answer did. */
function inOrder(recordings: readonly Recording[]): Recording[] {
  const keyed = recordings.map((each) => ({
    key: `${each.connector} ${each.action} ${canonicalJson(each.input)}`,
    // Members in one order too, at every depth: JSON.parse keeps that of the text.
    each: JSON.parse(canonicalJson(each)) as Recording,
  }))
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ each }) => each)
}
