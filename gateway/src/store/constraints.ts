/** Whether a statement broke a unique index: the name, or whatever it is, is taken. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505' // SQLSTATE unique_violation
}
