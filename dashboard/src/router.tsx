import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import {
  parseAlertSearch,
  parseApprovalSearch,
  parseAuditSearch,
  parseCallSearch,
  parseCatalogSearch,
  parseConnectionSearch,
  parseConnectorSearch,
  parseConnectSearch,
  parseImportSearch,
  parseListSearch,
  parseSecretBackendSearch,
  parseToolsSearch,
} from './search.ts'
import { NotFound, ScreenError } from './shell/fallbacks.tsx'
import { Root } from './shell/root.tsx'

/** Every screen has its own chunk; hovering a link fetches it. Filters and tabs live in the URL. */

const rootRoute = createRootRoute({ component: Root, notFoundComponent: NotFound })
const at = <const P extends string>(path: P) => ({ getParentRoute: () => rootRoute, path })

const home = createRoute({
  ...at('/'),
  beforeLoad: () => {
    throw redirect({ to: '/connections' })
  },
})
// The setup link leads here; once someone has signed in there is nothing left to set up.
const setup = createRoute({
  ...at('/setup'),
  beforeLoad: () => {
    if (!location.hash && !location.search) throw redirect({ to: '/connections' })
  },
  component: lazyRouteComponent(() => import('./features/session/setup-done.tsx'), 'SetupDone'),
})

const connections = createRoute({
  ...at('/connections'),
  validateSearch: parseListSearch,
  component: lazyRouteComponent(() => import('./features/connections/connections-page.tsx'), 'ConnectionsPage'),
})
const connection = createRoute({
  getParentRoute: () => connections,
  path: '$connectionId',
  validateSearch: parseConnectionSearch,
  component: lazyRouteComponent(() => import('./features/connections/connection-sheet.tsx'), 'ConnectionSheet'),
})
const catalog = createRoute({
  ...at('/catalog'),
  validateSearch: parseCatalogSearch,
  component: lazyRouteComponent(() => import('./features/catalog/catalog-page.tsx'), 'CatalogPage'),
})
const provider = createRoute({
  ...at('/catalog/$connectorId'),
  component: lazyRouteComponent(() => import('./features/catalog/provider-page.tsx'), 'ProviderPage'),
})
const importing = createRoute({
  ...at('/import'),
  validateSearch: parseImportSearch,
  component: lazyRouteComponent(() => import('./features/import/import-page.tsx'), 'ImportPage'),
})
const connect = createRoute({
  ...at('/connect'),
  validateSearch: parseConnectSearch,
  component: lazyRouteComponent(() => import('./features/connect/connect-page.tsx'), 'ConnectPage'),
})

const tools = createRoute({
  ...at('/tools'),
  validateSearch: parseToolsSearch,
  component: lazyRouteComponent(() => import('./features/tools/tools-page.tsx'), 'ToolsPage'),
})
const tool = createRoute({
  getParentRoute: () => tools,
  path: '$connector/$action',
  component: lazyRouteComponent(() => import('./features/tools/tool-pane.tsx'), 'ToolPane'),
})

const playground = createRoute({
  ...at('/playground'),
  component: lazyRouteComponent(() => import('./features/playground/playground-page.tsx'), 'PlaygroundPage'),
})

const calls = createRoute({
  ...at('/calls'),
  validateSearch: parseCallSearch,
  component: lazyRouteComponent(() => import('./features/calls/calls-page.tsx'), 'CallsPage'),
})
const call = createRoute({
  getParentRoute: () => calls,
  path: '$callId',
  component: lazyRouteComponent(() => import('./features/calls/call-sheet.tsx'), 'CallSheet'),
})

const approvals = createRoute({
  ...at('/approvals'),
  validateSearch: parseApprovalSearch,
  component: lazyRouteComponent(() => import('./features/approvals/approvals-page.tsx'), 'ApprovalsPage'),
})
const approval = createRoute({
  getParentRoute: () => approvals,
  path: '$approvalId',
  component: lazyRouteComponent(() => import('./features/approvals/approval-pane.tsx'), 'ApprovalPane'),
})

const connectors = createRoute({
  ...at('/connectors'),
  validateSearch: parseListSearch,
  component: lazyRouteComponent(() => import('./features/connectors/connectors-page.tsx'), 'ConnectorsPage'),
})
const connector = createRoute({
  ...at('/connectors/$connectorId'),
  validateSearch: parseConnectorSearch,
  component: lazyRouteComponent(() => import('./features/connectors/connector-page.tsx'), 'ConnectorPage'),
})

const tokens = createRoute({
  ...at('/tokens'),
  component: lazyRouteComponent(() => import('./features/tokens/tokens-page.tsx'), 'TokensPage'),
})
const toolsets = createRoute({
  ...at('/toolsets'),
  component: lazyRouteComponent(() => import('./features/toolsets/toolsets-page.tsx'), 'ToolsetsPage'),
})
const applications = createRoute({
  ...at('/applications'),
  component: lazyRouteComponent(() => import('./features/applications/applications-page.tsx'), 'ApplicationsPage'),
})
const oauthApps = createRoute({
  ...at('/oauth-apps'),
  component: lazyRouteComponent(() => import('./features/oauth-apps/oauth-apps-page.tsx'), 'OAuthAppsPage'),
})
const configuration = createRoute({
  ...at('/configuration'),
  component: lazyRouteComponent(() => import('./features/configuration/configuration-page.tsx'), 'ConfigurationPage'),
})
const networks = createRoute({
  ...at('/networks'),
  component: lazyRouteComponent(() => import('./features/networks/networks-page.tsx'), 'NetworksPage'),
})
const notifications = createRoute({
  ...at('/notifications'),
  component: lazyRouteComponent(() => import('./features/notifications/notifications-page.tsx'), 'NotificationsPage'),
})
const secretBackends = createRoute({
  ...at('/secret-backends'),
  validateSearch: parseSecretBackendSearch,
  component: lazyRouteComponent(() => import('./features/secret-backends/secret-backends-page.tsx'), 'SecretBackendsPage'),
})
const alerts = createRoute({
  ...at('/alerts'),
  validateSearch: parseAlertSearch,
  component: lazyRouteComponent(() => import('./features/alerts/alerts-page.tsx'), 'AlertsPage'),
})
const audit = createRoute({
  ...at('/audit'),
  validateSearch: parseAuditSearch,
  component: lazyRouteComponent(() => import('./features/audit/audit-page.tsx'), 'AuditPage'),
})
const errors = createRoute({
  ...at('/errors'),
  component: lazyRouteComponent(() => import('./features/errors/errors-page.tsx'), 'ErrorsPage'),
})

const cassettes = createRoute({
  ...at('/cassettes'),
  component: lazyRouteComponent(() => import('./features/cassettes/cassettes-page.tsx'), 'CassettesPage'),
})
const cassette = createRoute({
  ...at('/cassettes/$name'),
  component: lazyRouteComponent(() => import('./features/cassettes/cassette-page.tsx'), 'CassettePage'),
})

const people = createRoute({
  ...at('/people'),
  component: lazyRouteComponent(() => import('./features/people/people-page.tsx'), 'PeoplePage'),
})
const profile = createRoute({
  ...at('/profile'),
  component: lazyRouteComponent(() => import('./features/account/profile-page.tsx'), 'ProfilePage'),
})
// Where the links of invitations and lost passwords lead is decided in Root; signed in, the sign-in page is nowhere.
const signIn = createRoute({
  ...at('/sign-in'),
  beforeLoad: () => {
    if (!location.hash && !location.search) throw redirect({ to: '/connections' })
  },
  component: lazyRouteComponent(() => import('./features/session/signed-in.tsx'), 'SignedIn'),
})
const join = createRoute(at('/join'))
const recover = createRoute(at('/recover'))
const approvalLink = createRoute(at('/approval-link'))

const routeTree = rootRoute.addChildren([
  home,
  setup,
  connections.addChildren([connection]),
  catalog,
  provider,
  importing,
  connect,
  tools.addChildren([tool]),
  playground,
  calls.addChildren([call]),
  approvals.addChildren([approval]),
  connectors,
  connector,
  tokens,
  toolsets,
  cassettes,
  cassette,
  people,
  profile,
  signIn,
  join,
  recover,
  approvalLink,
  configuration,
  notifications,
  alerts,
  applications,
  oauthApps,
  networks,
  secretBackends,
  audit,
  errors,
])

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultErrorComponent: ScreenError,
  scrollRestoration: false,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
