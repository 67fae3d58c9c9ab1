import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { fastify } from 'fastify'
import { requireCaller, requirePerson } from './credentials.ts'
import { serveDashboard } from './dashboard.ts'
import { guardAgainstOtherSites, requireCallerAddress } from './guard.ts'
import { addSecurityHeaders } from './headers.ts'
import { mayUpgrade, routeUpgrades } from './listen.ts'
import { describeRoutes } from './openapi.ts'
import { errorHandler } from './problems.ts'
import { requireDeclaredRoles } from './roles.ts'
import { accountRoutes } from './routes/account.ts'
import { alertRoutes } from './routes/alerts.ts'
import { approvalLinkRoutes, approvalRoutes } from './routes/approvals.ts'
import { auditRoutes } from './routes/audit.ts'
import { callLogRoutes, createCallRoute } from './routes/calls.ts'
import { cassetteRoutes } from './routes/cassettes.ts'
import { catalogRoutes } from './routes/catalog.ts'
import { chatRoutes } from './routes/chat.ts'
import { authorizationRoutes, clientRoutes } from './routes/clients.ts'
import { configurationRoutes } from './routes/configuration.ts'
import { connectionRoutes } from './routes/connections.ts'
import { connectorDraftRoutes } from './routes/connector-drafts.ts'
import { connectorVersionRoutes } from './routes/connector-versions.ts'
import { connectorRoutes } from './routes/connectors.ts'
import { consentLinkRoutes } from './routes/consent-links.ts'
import { hookRoutes } from './routes/hooks.ts'
import { invitationRoutes, joinRoutes } from './routes/invitations.ts'
import { memberRoutes } from './routes/members.ts'
import { metaRoutes } from './routes/meta.ts'
import { metricsRoute } from './routes/metrics.ts'
import { agentDoorRoute, networkRoutes } from './routes/networks.ts'
import { notificationRoutes } from './routes/notifications.ts'
import { oauthRoutes } from './routes/oauth.ts'
import { oauthAppRoutes } from './routes/oauth-apps.ts'
import { oauthCallbackRoute } from './routes/oauth-callback.ts'
import { resultRoutes } from './routes/results.ts'
import { scriptRoutes } from './routes/scripts.ts'
import { secretRoutes } from './routes/secrets.ts'
import { sessionRoutes } from './routes/session.ts'
import { signInRoutes, workspaceRoutes } from './routes/sign-in.ts'
import { teamRoutes } from './routes/teams.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { toolRoutes } from './routes/tools.ts'
import { toolsetRoutes } from './routes/toolsets.ts'
import { vaultRoutes } from './routes/vault.ts'
import { runRoutes } from './routes/workflow-runs.ts'
import { workflowRoutes } from './routes/workflows.ts'
import type { HttpApp, HttpOptions, HttpServices } from './services.ts'
import { validatorCompiler } from './validation.ts'

export type { HttpApp, HttpOptions, HttpServices } from './services.ts'

/** The HTTP entrance, not listening yet (see `listen.ts`): the API, the dashboard, and what `mount` adds. */
export function createHttpServer(services: HttpServices, options: HttpOptions): HttpApp {
  const handleError = errorHandler(options.log)
  const app = fastify({
    logger: false,
    trustProxy: options.trustProxy?.length ? [...options.trustProxy] : false,
    // Milliseconds for a whole request to arrive; the largest body is 30 MB.
    requestTimeout: 60_000,
    http: { shouldUpgradeCallback: mayUpgrade },
    routerOptions: { maxParamLength: 200 },
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => void handleError(error, request, reply),
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.setErrorHandler(handleError)
  app.setValidatorCompiler(validatorCompiler)
  // Answers are typed by the services; a compiled serializer would check them once more, and slower.
  app.setSerializerCompiler(() => JSON.stringify)
  app.removeContentTypeParser('text/plain')
  // Connections that are idle when closing begins are closed at once; this is for those that become idle later.
  app.addHook('preClose', async () => {
    app.server.keepAliveTimeout = 1
  })
  routeUpgrades(app)
  addSecurityHeaders(app)
  guardAgainstOtherSites(app, options)
  requireCallerAddress(app)
  requireDeclaredRoles(app)
  describeRoutes(app, options.version)

  app.register(async (root: HttpApp) => metaRoutes(root, services, options, true))
  app.register(async (root: HttpApp) => oauthRoutes(root, services, options.log))
  oauthCallbackRoute(app, services)
  app.register(async (root: HttpApp) => hookRoutes(root, services))
  metricsRoute(app, services)
  app.register(async (root: HttpApp) => consentLinkRoutes(root, services, options.log))
  app.register(
    async (api: HttpApp) => {
      metaRoutes(api, services, options, false)
      sessionRoutes(api, services, options)
      signInRoutes(api, services)
      joinRoutes(api, services)
      approvalLinkRoutes(api, services)
      createCallRoute(api, services, options)
      agentDoorRoute(api, services)
    },
    { prefix: '/api/v1' },
  )
  app.register(
    async (api: HttpApp) => {
      requireCaller(api, services.access)
      connectorRoutes(api, services)
      catalogRoutes(api, services)
      connectorVersionRoutes(api, services)
      connectorDraftRoutes(api, services)
      connectionRoutes(api, services)
      oauthAppRoutes(api, services)
      secretRoutes(api, services)
      networkRoutes(api, services)
      callLogRoutes(api, services)
      resultRoutes(api, services)
      toolRoutes(api, services, options)
      chatRoutes(api, services)
      approvalRoutes(api, services, options)
      cassetteRoutes(api, services)
      workflowRoutes(api, services)
      runRoutes(api, services)
      notificationRoutes(api, services)
      alertRoutes(api, services)
      tokenRoutes(api, services)
      clientRoutes(api, services)
      toolsetRoutes(api, services)
      memberRoutes(api, services)
      teamRoutes(api, services)
      invitationRoutes(api, services)
      workspaceRoutes(api, services)
      auditRoutes(api, services)
      scriptRoutes(api, services)
      vaultRoutes(api, services)
      configurationRoutes(api, services)
    },
    { prefix: '/api/v1' },
  )
  app.register(
    async (api: HttpApp) => {
      requirePerson(api, services.access)
      accountRoutes(api, services)
      authorizationRoutes(api, services)
    },
    { prefix: '/api/v1' },
  )
  const { mount } = options
  if (mount) app.register(async (scope) => mount(scope))
  serveDashboard(app, options.dashboardDir)
  return app
}
