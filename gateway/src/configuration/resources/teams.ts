import { roles, teamRoles } from '../../caller.ts'
import { isObject } from '../../definition/json-schema/keywords.ts'
import { allPages, fileWord, type ResourceServices, type Resources, textOf } from '../resource.ts'
import type { Value } from '../types.ts'

const membersOf = ({ members }: Value): Readonly<Record<string, unknown>> => (isObject(members) ? members : {})

export function teamResources({ teams, members }: ResourceServices): Resources {
  const list: Resources['current'] = async (caller) => {
    const found = await allPages((cursor) => teams.list(caller, { limit: 200, ...(cursor !== undefined && { cursor }) }))
    return new Map(
      found.map(({ id, name, members: people }) => {
        const roles = people.map(({ email, role }) => [email, role] as const).sort(([a], [b]) => (a < b ? -1 : 1))
        return [name, { id, value: { team: name, ...(roles.length > 0 && { members: Object.fromEntries(roles) }) } }]
      }),
    )
  }

  async function setMembers(
    caller: Parameters<typeof teams.setMember>[0],
    id: string,
    before: Value,
    after: Value,
  ): Promise<void> {
    const [had, wanted] = [membersOf(before), membersOf(after)]
    for (const email of new Set([...Object.keys(had), ...Object.keys(wanted)])) {
      if (had[email] === wanted[email]) continue
      const role = teamRoles.find((one) => one === wanted[email]) ?? null
      const { items } = await members.list(caller, { q: email, limit: 200 })
      const person = items.find((one) => one.email === email)
      if (person !== undefined) await teams.setMember(caller, id, person.id, role)
    }
  }

  return {
    type: 'team',
    current: list,
    file: ({ team }) => `teams/${fileWord(textOf(team))}.yaml`,

    settle(value, _current, known) {
      const roles = Object.entries(membersOf(value)).map(([email, role]) => [email.toLowerCase(), role] as const)
      const there = roles.filter(([email]) => known.get('member', email) !== undefined)
      for (const [email] of roles.filter((role) => !there.includes(role)))
        known.note(
          `${email} is no member of the workspace yet: invite them, then apply again for the team ${textOf(value.team)}.`,
        )
      return { team: value.team, members: Object.fromEntries(there) }
    },

    async create(caller, value) {
      const { id } = await teams.create(caller, textOf(value.team))
      await setMembers(caller, id, {}, value)
    },

    change: (caller, value, current) => setMembers(caller, current.id, current.value, value),
    remove: (caller, { id }) => teams.remove(caller, id),
  }
}

/** Who is in the workspace is for invitations and single sign-on; files say in which role. */
export function memberResources({ members }: ResourceServices): Resources {
  return {
    type: 'member',
    file: () => null,
    settle: (value) => value,

    async current(caller) {
      const found = await allPages((cursor) => members.list(caller, { limit: 200, ...(cursor !== undefined && { cursor }) }))
      const sorted = found.toSorted((a, b) => (a.email < b.email ? -1 : 1))
      return new Map(sorted.map(({ id, email, role }) => [email, { id, value: { role } }]))
    },

    async change(caller, { role }, { id }) {
      const wanted = roles.find((one) => one === role)
      if (wanted !== undefined) await members.setRole(caller, id, wanted)
    },
  }
}
