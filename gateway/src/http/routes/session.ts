import type { FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import type { Credentials } from '../../access/types.ts'
import { SallyportError } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import { credentialsOf } from '../credentials.ts'
import { Session, SetupRequest, SignInRequest } from '../schemas/access.ts'
import type { HttpApp, HttpOptions, HttpServices } from '../services.ts'
import { answer, answers, anyone, noContent } from './answers.ts'

type SessionView = Static<typeof Session>

export function sessionRoutes(app: HttpApp, { access }: HttpServices, { version }: HttpOptions): void {
  const describe = async (credentials: Credentials): Promise<SessionView> => {
    const setup_required = await access.setupRequired()
    try {
      const { kind, id, name, email, role, workspaceId, workspaceName } = await access.authenticate(credentials)
      return {
        setup_required,
        caller: { kind, id, name, email, role },
        workspace: { id: workspaceId, name: workspaceName },
        version,
      }
    } catch (error) {
      if (error instanceof SallyportError && error.code === 'UNAUTHENTICATED')
        return { setup_required, caller: null, workspace: null, version }
      throw error
    }
  }

  app.get(
    '/session',
    {
      schema: {
        operationId: 'getSession',
        summary: 'Who is asking',
        description: 'Answers for anyone; `caller` is null when nobody is signed in.',
        tags: ['session'],
        security: anyone,
        response: answers({ 200: answer<SessionView>(Session, 'The caller and its workspace.') }),
      },
    },
    (request) => describe(credentialsOf(request)),
  )

  app.post(
    '/setup',
    {
      schema: {
        operationId: 'setUp',
        summary: 'Make the first owner with the one-time setup code',
        tags: ['session'],
        security: anyone,
        body: SetupRequest,
        response: answers({ 201: answer<SessionView>(Session, 'Signed in; a session cookie is set.') }),
      },
    },
    async (request, reply) => {
      const { cookies } = await access.setUp({ ...request.body, ...clientOf(request) })
      return reply
        .code(201)
        .header('set-cookie', [...cookies])
        .send(await describe(sessionOf(cookies)))
    },
  )

  app.post(
    '/session',
    {
      schema: {
        operationId: 'signIn',
        summary: 'Sign in',
        tags: ['session'],
        security: anyone,
        body: SignInRequest,
        response: answers({ 200: answer<SessionView>(Session, 'Signed in; a session cookie is set.') }),
      },
    },
    async (request, reply) => {
      const { cookies } = await access.signIn({ ...request.body, ...clientOf(request) })
      return reply.header('set-cookie', [...cookies]).send(await describe(sessionOf(cookies)))
    },
  )

  app.delete(
    '/session',
    {
      schema: {
        operationId: 'signOut',
        summary: 'Sign out',
        tags: ['session'],
        security: anyone,
        response: answers({ 204: noContent('Signed out; the session cookie is removed.') }),
      },
    },
    async (request, reply) => {
      const { cookies } = await access.signOut(new Secret(request.headers.cookie ?? ''), request.ip)
      return reply
        .code(204)
        .header('set-cookie', [...cookies])
        .send(undefined)
    },
  )
}

function clientOf(request: FastifyRequest): { ip: string; userAgent?: string } {
  const userAgent = request.headers['user-agent']
  return { ip: request.ip, ...(userAgent !== undefined && { userAgent }) }
}

/** The credentials a browser will send after it has taken these Set-Cookie values. */
function sessionOf(cookies: readonly string[]): Credentials {
  return { kind: 'session', cookie: new Secret(cookies.map((cookie) => cookie.split(';', 1)[0]).join('; ')) }
}
