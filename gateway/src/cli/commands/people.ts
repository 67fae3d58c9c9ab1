import { allItems, type Schemas } from '@sallyport/sdk'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { roles, type TeamRole, teamRoles } from '../../caller.ts'
import { collect, connectToGateway, noteNextPage, outputOf, type PageOptions, pageQuery, withPages } from '../context.ts'
import { CliError } from '../failure.ts'
import { when } from '../text.ts'

type Role = Schemas['Role']

/** A member by id or by email. */
async function memberOf(who: string): Promise<Schemas['Member']> {
  const { items } = await connectToGateway().members.list({ q: who, limit: 200 })
  const found = items.find(({ id, email }) => id === who || email === who.toLowerCase())
  if (found !== undefined) return found
  throw new CliError('NOT_FOUND', `Nobody in this workspace is ${who}.`, 'List the members: sallyport members list')
}

/** A team by id or by name. */
async function teamOf(which: string): Promise<Schemas['Team']> {
  const { teams } = connectToGateway()
  for await (const team of allItems((cursor) => teams.list({ limit: 200, ...(cursor !== undefined && { cursor }) })))
    if (team.id === which || team.name.toLowerCase() === which.toLowerCase()) return team
  throw new CliError('NOT_FOUND', `There is no team ${which} in this workspace.`, 'List the teams: sallyport teams list')
}

function parseRole(text: string): Role {
  const role = roles.find((candidate) => candidate === text)
  if (role === undefined) throw new InvalidArgumentError(`Choose one of ${roles.join(', ')}.`)
  return role
}

function registerMembers(program: Command): void {
  const members = program.command('members').description('who belongs to the workspace')
  withPages(
    members.command('list').description('list the members').option('--search <text>', 'a part of a name or an email'),
  ).action(async (options: PageOptions & { search?: string }, command: Command) => {
    const out = outputOf(command)
    const { search } = options
    const page = await connectToGateway().members.list({ ...pageQuery(options), ...(search !== undefined && { q: search }) })
    out.answer(page, () => {
      const rows = page.items.map(({ id, name, email, role, two_factor, teams }) => [
        id,
        name,
        email,
        role,
        two_factor ? 'on' : 'off',
        teams.map((team) => team.name).join(', '),
      ])
      out.table(['id', 'name', 'email', 'role', 'second factor', 'teams'], rows, 'There are no members, only tokens.')
      noteNextPage(out, page.next_cursor)
    })
  })
  members
    .command('role')
    .description('change the role of a member, from the next request on')
    .argument('<member>', 'id or email')
    .argument('<role>', roles.join(', '), parseRole)
    .action(async (who: string, role: Role, _options: object, command: Command) => {
      const out = outputOf(command)
      const member = await connectToGateway().members.setRole((await memberOf(who)).id, role)
      out.answer(member, () => out.note(`${member.email} is ${member.role} now.`))
    })
  members
    .command('remove')
    .description('remove a member, with their tokens and own connections')
    .argument('<member>', 'id or email')
    .action(async (who: string, _options: object, command: Command) => {
      const out = outputOf(command)
      const { id, email } = await memberOf(who)
      const removal = await connectToGateway().members.remove(id)
      out.answer(removal, () =>
        out.note(
          `Removed ${email}. Tokens revoked: ${removal.tokens_revoked}; own connections deleted: ${removal.connections_deleted}; sessions ended: ${removal.sessions_ended}.`,
        ),
      )
    })
  members
    .command('sign-out')
    .description('end every session of a member')
    .argument('<member>', 'id or email')
    .action(async (who: string, _options: object, command: Command) => {
      const out = outputOf(command)
      const { id, email } = await memberOf(who)
      const answer = await connectToGateway().members.endSessions(id)
      out.answer(answer, () => out.note(`${email} is signed out everywhere (sessions: ${answer.ended}).`))
    })
  members
    .command('recover')
    .description('make a one-time link for a member to set a new password')
    .argument('<member>', 'id or email')
    .option('--remove-two-factor', 'turn the second factor off too')
    .action(async (who: string, options: { removeTwoFactor?: boolean }, command: Command) => {
      const out = outputOf(command)
      const { id } = await memberOf(who)
      const link = await connectToGateway().members.recover(id, { remove_two_factor: options.removeTwoFactor === true })
      out.answer(link, () => {
        out.note(`Whoever opens this link sets the password. It works once, until ${when(link.expires_at)}:`)
        out.line(link.url)
      })
    })
}

function registerTeams(program: Command): void {
  const teams = program.command('teams').description('parts of the workspace, with connections of their own')
  withPages(teams.command('list').description('list the teams')).action(async (options: PageOptions, command: Command) => {
    const out = outputOf(command)
    const page = await connectToGateway().teams.list(pageQuery(options))
    out.answer(page, () => {
      const rows = page.items.map(({ id, name, members, connections }) => [
        id,
        name,
        members.map(({ email, role }) => (role === 'manager' ? `${email} (manager)` : email)).join(', '),
        String(connections),
      ])
      out.table(['id', 'name', 'members', 'connections'], rows, 'There are no teams.')
      noteNextPage(out, page.next_cursor)
    })
  })
  teams
    .command('create')
    .description('make a team')
    .argument('<name>')
    .action(async (name: string, _options: object, command: Command) => {
      const out = outputOf(command)
      const team = await connectToGateway().teams.create({ name })
      out.answer(team, () => out.note(`Made the team "${team.name}" (${team.id}).`))
    })
  teams
    .command('delete')
    .description('delete a team that has no connections')
    .argument('<team>', 'id or name')
    .action(async (which: string, _options: object, command: Command) => {
      const { id, name } = await teamOf(which)
      await connectToGateway().teams.delete(id)
      outputOf(command).note(`Deleted the team "${name}".`)
    })
  const place = (name: string, description: string) =>
    teams.command(name).description(description).argument('<team>', 'id or name').argument('<member>', 'id or email')
  const set = async (which: string, who: string, role: TeamRole | null, command: Command) => {
    const out = outputOf(command)
    const [{ id }, member] = await Promise.all([teamOf(which), memberOf(who)])
    const team = await connectToGateway().teams.setMember(id, { person: member.id, role })
    out.answer(team, () => out.note(`${member.email} is ${role === null ? 'not in' : `${role} in`} "${team.name}" now.`))
  }
  place('add', 'take a member into a team, or change their role in it')
    .addOption(new Option('--role <role>', 'role in the team').choices(teamRoles).default('member'))
    .action((which: string, who: string, options: { role: TeamRole }, command: Command) => set(which, who, options.role, command))
  place('remove', 'take a member out of a team').action((which: string, who: string, _options: object, command: Command) =>
    set(which, who, null, command),
  )
}

function registerInvitations(program: Command): void {
  const invitations = program.command('invitations').description('one-time links by which people join')
  const show = (out: ReturnType<typeof outputOf>, sent: Schemas['SentInvitation']) =>
    out.answer(sent, () => {
      if (sent.url === null) out.note(`The link is on its way to ${sent.email}.`)
      else {
        out.note(`For ${sent.email}, as ${sent.role}, once, until ${when(sent.expires_at)}:`)
        out.line(sent.url)
      }
    })
  withPages(invitations.command('list').description('list the invitations')).action(
    async (options: PageOptions, command: Command) => {
      const out = outputOf(command)
      const page = await connectToGateway().invitations.list(pageQuery(options))
      out.answer(page, () => {
        const rows = page.items.map(({ id, email, role, status, expires_at }) => [id, email, role, status, when(expires_at)])
        out.table(['id', 'email', 'role', 'state', 'until'], rows, 'Nobody is invited.')
        noteNextPage(out, page.next_cursor)
      })
    },
  )
  invitations
    .command('create')
    .description('invite somebody, and print the link unless it goes by mail')
    .argument('<email>')
    .addOption(new Option('--role <role>', 'what they may do').choices(roles).default('member'))
    .option('--team <team>', 'id or name of a team, may be repeated', collect, [])
    .action(async (email: string, options: { role: Role; team: readonly string[] }, command: Command) => {
      const teams = await Promise.all(
        options.team.map(async (each) => ({ id: (await teamOf(each)).id, role: 'member' as const })),
      )
      show(outputOf(command), await connectToGateway().invitations.create({ email, role: options.role, teams }))
    })
  invitations
    .command('renew')
    .description('make a new link; the old one stops working')
    .argument('<id>')
    .action(async (id: string, _options: object, command: Command) =>
      show(outputOf(command), await connectToGateway().invitations.renew(id)),
    )
  invitations
    .command('revoke')
    .description('take an invitation back')
    .argument('<id>')
    .action(async (id: string, _options: object, command: Command) => {
      await connectToGateway().invitations.revoke(id)
      outputOf(command).note(`Took ${id} back: its link opens nothing any more.`)
    })
}

function registerWorkspace(program: Command): void {
  program
    .command('workspace')
    .description('the workspace of your token')
    .command('rename')
    .description('rename it')
    .argument('<name>')
    .action(async (name: string, _options: object, command: Command) => {
      const out = outputOf(command)
      const workspace = await connectToGateway().workspaces.rename(name)
      out.answer(workspace, () => out.note(`The workspace is named "${workspace.name}" now.`))
    })
}

export function registerPeople(program: Command): void {
  registerWorkspace(program)
  registerMembers(program)
  registerTeams(program)
  registerInvitations(program)
}
