import { SallyportError } from '../errors.ts'
import type { Vault } from './types.ts'

/** The foreign keys by which stored values hold on to the key that sealed them end like this. */
const keyConstraint = /_key$/

/** A value whose key was retired between sealing and storing it, or a key that something is sealed with. */
export function isSealingKeyViolation(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === '23503' && // SQLSTATE foreign_key_violation
    'constraint' in error &&
    keyConstraint.test(String(error.constraint))
  )
}

/** Runs work that seals a value and stores it; once more, with the workspace's new key, when its key was retired meanwhile. */
export async function storeSealed<T>(vault: Vault, workspace: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isSealingKeyViolation(error)) throw error
    vault.refresh(workspace)
    return work()
  }
}

/**
 * Opens what was read a moment ago. When it does not open, it may have been sealed anew since, and its key retired: then it
 * is read again, once. `reread` answers null when there is nothing newer.
 */
export async function openCurrent<Value, T>(
  value: Value,
  open: (value: Value) => Promise<T>,
  reread: () => Promise<Value | null>,
): Promise<T> {
  try {
    return await open(value)
  } catch (error) {
    if (!(error instanceof SallyportError && error.code === 'DECRYPT_FAILED')) throw error
    const newer = await reread()
    if (newer === null) throw error
    return open(newer)
  }
}
