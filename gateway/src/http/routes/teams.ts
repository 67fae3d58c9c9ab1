import type { TeamView } from '../../access/teams.ts'
import type { Page } from '../../page.ts'
import { callerOf } from '../credentials.ts'
import { IdParams, PageQuery } from '../schemas/common.ts'
import { Team, TeamMemberRequest, TeamNameRequest, TeamPage } from '../schemas/people.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers, noContent } from './answers.ts'

const tags = ['teams']

export function teamRoutes(app: HttpApp, { access }: HttpServices): void {
  app.get(
    '/teams',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'listTeams',
        summary: 'List the teams of the workspace',
        tags,
        querystring: PageQuery,
        response: answers({ 200: answer<Page<TeamView>>(TeamPage, 'One page of teams with their members, by name.') }),
      },
    },
    (request) => access.teams.list(callerOf(request), request.query),
  )

  app.post(
    '/teams',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'createTeam',
        summary: 'Make a team',
        tags,
        body: TeamNameRequest,
        response: answers({ 201: answer<TeamView>(Team, 'The team, without members yet.') }),
      },
    },
    async (request, reply) => reply.code(201).send(await access.teams.create(callerOf(request), request.body.name)),
  )

  app.patch(
    '/teams/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'renameTeam',
        summary: 'Rename a team',
        tags,
        params: IdParams,
        body: TeamNameRequest,
        response: answers({ 200: answer<TeamView>(Team, 'The team with its new name.') }),
      },
    },
    (request) => access.teams.rename(callerOf(request), request.params.id, request.body.name),
  )

  app.delete(
    '/teams/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'deleteTeam',
        summary: 'Delete a team that has no connections',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Deleted, with the tokens that worked in it.') }),
      },
    },
    async (request, reply) => {
      await access.teams.remove(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )

  app.put(
    '/teams/:id/members',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'setTeamMember',
        summary: 'Take a member into a team, change their role in it, or take them out',
        description: 'For admins of the workspace and managers of the team.',
        tags,
        params: IdParams,
        body: TeamMemberRequest,
        response: answers({ 200: answer<TeamView>(Team, 'The team with its members.') }),
      },
    },
    (request) => access.teams.setMember(callerOf(request), request.params.id, request.body.person, request.body.role),
  )
}
