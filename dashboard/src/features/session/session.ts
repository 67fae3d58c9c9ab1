import { useQuery } from '@tanstack/react-query'
import { queries } from '../../api/queries.ts'
import type { Connection, Role, SessionCaller } from '../../api/types.ts'

const ranks: readonly Role[] = ['viewer', 'member', 'manager', 'admin', 'owner']

/** The signed-in caller. Screens render only with one. */
export function useCaller(): SessionCaller | null {
  return useQuery(queries.session()).data?.caller ?? null
}

/** Whether a role is at least another. */
export const reaches = (role: Role, minimum: Role): boolean => ranks.indexOf(role) >= ranks.indexOf(minimum)

/** Whether the caller's role permits something. The gateway decides; this only hides what it would refuse. */
export function useMay(minimum: Role): boolean {
  const caller = useCaller()
  return caller !== null && reaches(caller.role, minimum)
}

/** Whether the caller may change a connection: their own, or as a manager those of others that they see. */
export function useMayChange(connection: Pick<Connection, 'owner'> | undefined): boolean {
  const manager = useMay('manager')
  return manager || connection?.owner === 'you'
}
