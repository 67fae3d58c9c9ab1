import { sql } from 'kysely'
import type { Caller } from '../../caller.ts'
import type { Clock } from '../../clock.ts'
import { SallyportError } from '../../errors.ts'
import { newId } from '../../id.ts'
import type { Log } from '../../log.ts'
import { createRounds } from '../../rounds.ts'
import type { Store } from '../../store/types.ts'
import type { SealedCalls } from '../sealed-calls.ts'
import { fileOf } from './file.ts'
import { pageOf } from './page.ts'
import { shorten } from './shorten.ts'
import type { Handle, Results } from './types.ts'

/** How long a result can be read on, in milliseconds. */
const keptMs = 60 * 60 * 1000
/** Of all results of a caller together; the oldest go first. A single answer has at most 100 MB. */
const maxCallerBytes = 256 * 1024 * 1024
const sweepMs = 60_000
/** Of a page of a result, unless its reader says otherwise. */
export const usualResultBytes = 100_000

interface Services {
  readonly store: Store
  readonly sealedCalls: SealedCalls
  readonly clock: Clock
  readonly log: Log
}

export function createResults({ store, sealedCalls, clock, log }: Services): Results & { start(): () => Promise<void> } {
  async function keep(caller: Caller, value: unknown, bytes: number): Promise<Pick<Handle, 'handle' | 'expires_at'>> {
    const { workspaceId, kind, id: callerId } = caller
    const id = newId('result', clock.now())
    const expires = new Date(clock.now() + keptMs)
    await sealedCalls.storing(workspaceId, async () => {
      const sealed = await sealedCalls.sealSpilled(workspaceId, id, value)
      await store.workspace(workspaceId, async (db) => {
        await db
          .insertInto('results')
          .values({
            ...{ id, workspace_id: workspaceId, caller_kind: kind, caller_id: callerId, bytes },
            ...{ sealed_result: sealed.ciphertext, result_key_id: sealed.keyId, expires_at: expires },
          })
          .execute()
        await sql`
          delete from results where id in (
            select id from (
              select id, sum(bytes) over (order by id desc) as kept from results
              where workspace_id = ${workspaceId} and caller_id = ${callerId}
            ) as own where own.kept > ${maxCallerBytes} and own.id <> ${id}
          )`.execute(db)
      })
    })
    return { handle: id, expires_at: expires.toISOString() }
  }

  async function open({ workspaceId, kind, id: callerId }: Caller, id: string): Promise<unknown> {
    const row = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('results')
        .select(['sealed_result', 'result_key_id'])
        .where('workspace_id', '=', workspaceId)
        .where('id', '=', id)
        .where('caller_kind', '=', kind)
        .where('caller_id', '=', callerId)
        .where('expires_at', '>', new Date(clock.now()))
        .executeTakeFirst(),
    )
    if (row === undefined) {
      throw new SallyportError('NOT_FOUND', {
        detail: `You have no result "${id.slice(0, 100)}". Results are there for an hour, for the caller who got them: call again.`,
      })
    }
    return sealedCalls.openSpilled(workspaceId, id, { ciphertext: row.sealed_result, keyId: row.result_key_id })
  }

  async function sweep(): Promise<void> {
    const now = new Date(clock.now())
    await store.system(async (db) => {
      await db.deleteFrom('results').where('expires_at', '<=', now).execute()
      await db.deleteFrom('code_runs').where('expires_at', '<=', now).execute()
    })
  }

  return {
    async fit(caller, value, budget) {
      const bytes = Buffer.byteLength(JSON.stringify(value) ?? '')
      if (bytes <= budget) return { value }
      const kept = await keep(caller, value, bytes)
      const file = fileOf(value)
      // Half of a file is no use to anybody.
      if (file !== null) return { value: null, handle: { ...kept, bytes, left_out: [], content_type: file.contentType } }
      const short = shorten(value, budget)
      return { value: short.value, handle: { ...kept, bytes, left_out: short.leftOut, content_type: null } }
    },

    async read(caller, id, { path = '', cursor, max_bytes: budget = usualResultBytes }) {
      return pageOf(await open(caller, id), path, cursor, budget)
    },

    async content(caller, id) {
      const value = await open(caller, id)
      const file = fileOf(value)
      return file === null
        ? { contentType: 'application/json', body: Buffer.from(JSON.stringify(value)) }
        : { contentType: file.contentType, body: Buffer.from(file.base64, 'base64') }
    },

    start: () =>
      createRounds({ everyMs: sweepMs, round: sweep }).start((error) =>
        log.warn({ err: error }, 'expired results and programs could not be removed; tried again in a minute'),
      ),
  }
}
