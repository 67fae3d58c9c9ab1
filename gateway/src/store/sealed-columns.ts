import { sql } from 'kysely'
import type { Database } from './schema.ts'
import type { Store } from './types.ts'

/** A column that holds ciphertexts of the vault, and what else their place in it depends on. */
export interface SealedColumn {
  readonly table: keyof Database & string
  /** Holds the ciphertext, or null. */
  readonly column: string
  /** Holds the id of the key that sealed it. */
  readonly keyColumn: string
  /** Tells the rows of the table apart. */
  readonly row: string
  /** Holds the version of the value; without one it is always 1. */
  readonly version: string | null
}

/** Of calls that wait or have ended: what was asked, its answer, the answer for who repeats it and for who replays it, and where people are told of it. */
export const sealedCallColumns = {
  call: { table: 'approvals', column: 'sealed_call', keyColumn: 'sealed_key_id', row: 'id', version: null },
  result: { table: 'approvals', column: 'sealed_result', keyColumn: 'result_key_id', row: 'id', version: null },
  spilled: { table: 'results', column: 'sealed_result', keyColumn: 'result_key_id', row: 'id', version: null },
  run: { table: 'code_runs', column: 'sealed_run', keyColumn: 'run_key_id', row: 'id', version: null },
  recording: {
    table: 'recordings',
    column: 'sealed_recording',
    keyColumn: 'recording_key_id',
    row: 'id',
    version: null,
  },
  answer: { table: 'last_answers', column: 'sealed_answer', keyColumn: 'answer_key_id', row: 'id', version: null },
  kept: { table: 'idempotency_keys', column: 'sealed_result', keyColumn: 'result_key_id', row: 'call_id', version: null },
  hook: { table: 'workflow_deployments', column: 'sealed_hook', keyColumn: 'hook_key_id', row: 'id', version: null },
  runTrigger: { table: 'workflow_runs', column: 'sealed_trigger', keyColumn: 'trigger_key_id', row: 'id', version: null },
  runOutput: { table: 'workflow_runs', column: 'sealed_output', keyColumn: 'output_key_id', row: 'id', version: null },
  step: { table: 'workflow_steps', column: 'sealed_result', keyColumn: 'result_key_id', row: 'id', version: null },
  target: { table: 'notification_channels', column: 'sealed_target', keyColumn: 'target_key_id', row: 'id', version: null },
} as const satisfies Record<string, SealedColumn>

/**
 * Every sealed column of the database: what a rotation of keys seals anew. A column that were not here would keep its key
 * from being retired, and a test looks for it.
 */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'connections', column: 'credential', keyColumn: 'credential_key_id', row: 'id', version: 'credential_version' },
  {
    table: 'sign_in_settings',
    column: 'sso_secret',
    keyColumn: 'sso_secret_key_id',
    row: 'workspace_id',
    version: 'sso_secret_version',
  },
  { table: 'upstream_grants', column: 'fields', keyColumn: 'fields_key_id', row: 'id', version: 'version' },
  { table: 'oauth_apps', column: 'secret', keyColumn: 'secret_key_id', row: 'id', version: 'secret_version' },
  {
    table: 'secret_backends',
    column: 'credential',
    keyColumn: 'credential_key_id',
    row: 'id',
    version: 'credential_version',
  },
  { table: 'oauth_flows', column: 'secret', keyColumn: 'secret_key_id', row: 'id', version: null },
  ...Object.values(sealedCallColumns),
]

/** What a sealed column holds now; null when it holds nothing. */
export async function readSealed(
  store: Store,
  { table, column, keyColumn, row }: SealedColumn,
  workspace: string,
  id: string,
): Promise<{ ciphertext: Buffer; keyId: string } | null> {
  const { rows } = await store.workspace(workspace, (db) =>
    sql<{ ciphertext: Buffer | null; keyId: string | null }>`
      select ${sql.ref(column)} as ciphertext, ${sql.ref(keyColumn)} as "keyId" from ${sql.table(table)}
      where workspace_id = ${workspace} and ${sql.ref(row)} = ${id}`.execute(db),
  )
  const { ciphertext = null, keyId = null } = rows[0] ?? {}
  return ciphertext === null || keyId === null ? null : { ciphertext, keyId }
}
