import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import { newId } from '../id.ts'
import type { Store } from '../store/types.ts'
import { canonicalJson, sha256 } from '../vault/digest.ts'
import type { Checked } from './facts.ts'
import type { SealedCalls } from './sealed-calls.ts'
import type { Outcome } from './types.ts'

/** A larger answer is not kept, in characters of JSON. */
const maxLength = 1024 * 1024

/** The last answers of actions that may be answered with them. Those of a caller are for no other: what each may see can differ. */
export interface LastAnswers {
  keep(checked: Checked, answer: Outcome, forMinutes: number): Promise<void>
  /** Null when there is none that is no older. */
  find(checked: Checked, withinMinutes: number): Promise<{ readonly answer: Outcome; readonly at: Date } | null>
}

interface Services {
  readonly store: Store
  readonly sealedCalls: SealedCalls
  readonly clock: Clock
}

function hashOf({ caller, connection, action, input }: Checked): Buffer {
  const { id, connector } = connection
  const by = `${caller.kind}:${caller.id}`
  return sha256(canonicalJson({ by, connection: id, version: connector.version, action: action.name, input }))
}

export function createLastAnswers({ store, sealedCalls, clock }: Services): LastAnswers {
  return {
    async keep(checked, answer, forMinutes) {
      const { workspaceId } = checked.caller
      if (JSON.stringify(answer).length > maxLength) return
      const hash = hashOf(checked)
      const now = clock.now()
      const times = { answered_at: new Date(now), expires_at: new Date(now + forMinutes * 60_000) }
      const id = newId('last_answer', now)
      await sealedCalls.storing(workspaceId, async () => {
        const sealed = await sealedCalls.sealAnswer(workspaceId, id, answer)
        const content = { id, sealed_answer: sealed.ciphertext, answer_key_id: sealed.keyId, ...times }
        await store.workspace(workspaceId, async (db) => {
          const row = { workspace_id: workspaceId, connection_id: checked.connection.id, hash, ...content }
          const insert = db.insertInto('last_answers').values(row)
          await insert.onConflict((conflict) => conflict.constraint('last_answers_hash').doUpdateSet(content)).execute()
          await sql`delete from last_answers where id in (
            select id from last_answers where workspace_id = ${workspaceId} and expires_at < ${new Date(now)} limit 20)`.execute(
            db,
          )
        })
      })
    },

    async find(checked, withinMinutes) {
      const { workspaceId } = checked.caller
      const row = await store.workspace(workspaceId, (db) =>
        db
          .selectFrom('last_answers')
          .select(['id', 'sealed_answer', 'answer_key_id', 'answered_at'])
          .where('workspace_id', '=', workspaceId)
          .where('hash', '=', hashOf(checked))
          .where('answered_at', '>', new Date(clock.now() - withinMinutes * 60_000))
          .executeTakeFirst(),
      )
      if (row === undefined) return null
      const sealed = { ciphertext: row.sealed_answer, keyId: row.answer_key_id }
      // What `keep` has sealed, in the row that was read.
      const answer = (await sealedCalls.openAnswer(workspaceId, row.id, sealed)) as Outcome
      return { answer, at: row.answered_at }
    },
  }
}
