import type { Static } from 'typebox'
import type { Credentials } from '../../access/types.ts'
import { type Caller, hasRole } from '../../caller.ts'
import { type ErrorCode, SallyportError } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import { clientOf, credentialsOf } from '../credentials.ts'
import { SecondFactorRequest, Session, SetupRequest, SignInRequest } from '../schemas/access.ts'
import type { HttpApp, HttpOptions, HttpServices } from '../services.ts'
import { answer, answers, anyone, noContent } from './answers.ts'

type SessionView = Static<typeof Session>

type NextStep = SessionView['next_step']

export function sessionRoutes(
  app: HttpApp,
  { access }: HttpServices,
  { version, languageModel = null, programs = [] }: HttpOptions,
): void {
  /** Null for nobody. */
  async function personOf(credentials: Credentials) {
    if (credentials.kind !== 'session') return null
    const person = await access.person(credentials).catch(unless('UNAUTHENTICATED'))
    if (person === null) return null
    const { id, name, email, twoFactorEnabled, onlyWorkspace } = person
    const shown = { id, name, email, two_factor: twoFactorEnabled, single_sign_on: onlyWorkspace !== null }
    return { shown, workspaces: [...(await access.workspaces.of(person))] }
  }

  async function callerOf(credentials: Credentials): Promise<{ caller: Caller | null; next: NextStep }> {
    try {
      return { caller: await access.authenticate(credentials), next: null }
    } catch (error) {
      if (!(error instanceof SallyportError)) throw error
      if (error.code === 'UNAUTHENTICATED') return { caller: null, next: null }
      if (error.code === 'TWO_FACTOR_REQUIRED') return { caller: null, next: 'turn_on_two_factor' }
      throw error
    }
  }

  const describe = async (credentials: Credentials, step: NextStep = null): Promise<SessionView> => {
    const { caller, next } = await callerOf(credentials)
    const person = await personOf(credentials)
    return {
      setup_required: await access.setupRequired(),
      caller:
        caller === null ? null : { kind: caller.kind, id: caller.id, name: caller.name, email: caller.email, role: caller.role },
      workspace: caller === null ? null : { id: caller.workspaceId, name: caller.workspaceName },
      person: person?.shown ?? null,
      workspaces: person?.workspaces ?? [],
      next_step: step ?? next,
      single_sign_on: person === null && caller === null ? await access.signInSettings.theOnly() : null,
      mails: access.mails,
      language_model: caller === null ? null : languageModel,
      programs:
        caller === null || !hasRole(caller, 'admin')
          ? []
          : programs.map(({ name, variables }) => ({ name, variables: variables.map((one) => ({ ...one })) })),
      version,
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
      const { cookies, twoFactor } = await access.signIn({ ...request.body, ...clientOf(request) })
      const step = twoFactor ? 'second_factor' : null
      return reply.header('set-cookie', [...cookies]).send(await describe(sessionOf(cookies), step))
    },
  )

  app.post(
    '/session/second-factor',
    {
      schema: {
        operationId: 'sendSecondFactor',
        summary: 'End a sign-in with a code of the authenticator, or a recovery code',
        tags: ['session'],
        security: anyone,
        body: SecondFactorRequest,
        response: answers({ 200: answer<SessionView>(Session, 'Signed in; a session cookie is set.') }),
      },
    },
    async (request, reply) => {
      const { body } = request
      const code = 'code' in body ? { totp: body.code } : { recovery: body.recovery_code }
      const cookie = new Secret(request.headers.cookie ?? '')
      const { cookies } = await access.secondFactor({ cookie, code, ...clientOf(request) })
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

function unless(code: ErrorCode) {
  return (error: unknown): null => {
    if (error instanceof SallyportError && error.code === code) return null
    throw error
  }
}

/** The credentials a browser will send after it has taken these Set-Cookie values. */
export function sessionOf(cookies: readonly string[]): Credentials {
  return { kind: 'session', cookie: new Secret(cookies.map((cookie) => cookie.split(';', 1)[0]).join('; ')) }
}
