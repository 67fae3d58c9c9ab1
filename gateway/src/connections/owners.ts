import type { ExpressionBuilder } from 'kysely'
import { type Caller, hasRole } from '../caller.ts'
import { SallyportError } from '../errors.ts'
import type { ConnectionRow, Database } from '../store/schema.ts'

/**
 * A connection belongs to one person, to a team, or to the workspace. Callers see and use their own, those of their teams and
 * those of the workspace; another person's are not there for them, whatever their role.
 */

type Owned = Pick<ConnectionRow, 'user_id' | 'team_id'>
type Reach = Pick<Caller, 'personId' | 'teams'>

/** Whose connections come first when a call names none: 0 the caller's own, 1 a team's, 2 the workspace's; null is out of reach. */
function tierOf({ personId, teams }: Reach, { user_id, team_id }: Owned): 0 | 1 | 2 | null {
  if (user_id !== null) return user_id === personId ? 0 : null
  if (team_id !== null) return teams.some(({ id }) => id === team_id) ? 1 : null
  return 2
}

export function isVisible(caller: Reach, owned: Owned): boolean {
  return tierOf(caller, owned) !== null
}

/** The same as a condition of a query. */
export function visibleTo({ personId, teams }: Reach) {
  return (eb: ExpressionBuilder<Database, 'connections'>) =>
    eb.or([
      eb.and([eb('user_id', 'is', null), eb('team_id', 'is', null)]),
      ...(personId === null ? [] : [eb('user_id', '=', personId)]),
      ...(teams.length === 0
        ? []
        : [
            eb(
              'team_id',
              'in',
              teams.map(({ id }) => id),
            ),
          ]),
    ])
}

/** Tells callers apart who may reach different connections of one workspace. */
export function reachKey({ personId, teams }: Reach): string {
  return teams.length === 0 ? (personId ?? '') : `${personId ?? ''} ${teams.map(({ id }) => id).join(' ')}`
}

/** What the caller can reach of these, the caller's own first, then the teams', then the workspace's. */
export function reachable<T extends Owned>(caller: Reach, rows: readonly T[]): readonly T[] {
  const ranked = rows.flatMap((row) => {
    const tier = tierOf(caller, row)
    return tier === null ? [] : [{ row, tier }]
  })
  // Sorting is stable: within a tier they stay in their order.
  return ranked.sort((a, b) => a.tier - b.tier).map(({ row }) => row)
}

/** Of what matches: those that are nearest to the caller, of which there should be one. */
export function nearest<T extends Owned>(caller: Reach, matches: readonly T[]): readonly T[] {
  const [first] = reachable(caller, matches)
  return first === undefined ? [] : matches.filter((each) => tierOf(caller, each) === tierOf(caller, first))
}

/** Throws FORBIDDEN unless the caller may make or change a connection of this owner, which they can see. */
export function requireManager(caller: Caller, { user_id, team_id }: Owned): void {
  if (user_id !== null && user_id === caller.personId) return
  if (user_id === null && hasRole(caller, 'manager')) return
  if (team_id !== null && caller.teams.some(({ id, role }) => id === team_id && role === 'manager')) return
  throw new SallyportError('FORBIDDEN', {
    detail:
      team_id === null
        ? `Connections of the workspace need the role manager or higher; yours is ${caller.role}. You can make one of your own.`
        : 'Connections of a team are for its managers, and for managers of the workspace who are in it.',
  })
}

/** The cassette that calls over a connection are recorded on. Throws FORBIDDEN for one that is a person's or a team's own. */
export function recordOf(
  { user_id, team_id, record: before }: Owned & Pick<ConnectionRow, 'record'>,
  { record = before }: { readonly record?: string | null },
): string | null {
  if (record !== null && (user_id !== null || team_id !== null)) throw notRecorded()
  return record
}

/** What is recorded is for the managers of the workspace, so it has to be theirs in the first place. */
export function notRecorded(): SallyportError {
  return new SallyportError('FORBIDDEN', {
    detail: 'Only calls over connections of the workspace are recorded: what those of a person or a team answer is theirs.',
  })
}

/** Who a new connection is to belong to. Throws INVALID_INPUT, and NOT_FOUND for a team the caller is not in. */
export function ownerOf(caller: Caller, { personal = false, team }: { personal?: boolean; team?: string }): Owned {
  if (personal && team !== undefined)
    throw new SallyportError('INVALID_INPUT', { detail: 'A connection belongs to you or to a team, not both.' })
  if (personal && caller.personId === null)
    throw new SallyportError('INVALID_INPUT', {
      detail: 'This token acts for no person, who could own a connection. Sign in, or use a personal token.',
    })
  if (team !== undefined && !caller.teams.some(({ id }) => id === team))
    throw new SallyportError('NOT_FOUND', { detail: `You are in no team "${team}".` })
  return { user_id: personal ? caller.personId : null, team_id: team ?? null }
}
