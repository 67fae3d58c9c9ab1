import type { AuditKind, CallStatus } from './api/types.ts'
import { kindWords } from './features/audit/kinds.ts'

/** What stands behind the `?` of each screen. Unknown or malformed parts are dropped, never an error. */

type Raw = Record<string, unknown>

const text = <K extends string>(raw: Raw, key: K): { [P in K]?: string | undefined } => {
  const value = raw[key]
  // The router reads ?q=123 as a number.
  if (typeof value === 'number') return { [key]: String(value) } as { [P in K]?: string | undefined }
  return (typeof value === 'string' && value !== '' ? { [key]: value } : {}) as { [P in K]?: string | undefined }
}

const oneOf = <K extends string, const V extends string>(
  raw: Raw,
  key: K,
  values: readonly V[],
): { [P in K]?: V | undefined } => {
  const value = values.find((candidate) => candidate === raw[key])
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V | undefined }
}

const callStatuses = [
  'started',
  'succeeded',
  'failed',
  'pending_approval',
  'rejected',
  'expired',
] as const satisfies readonly CallStatus[]
export const callWindows = ['1h', '24h', '7d', '30d'] as const
export const auditWindows = ['24h', '7d', '30d', '365d'] as const
export type AuditWindow = (typeof auditWindows)[number]
export type CallWindow = (typeof callWindows)[number]

export const parseListSearch = (raw: Raw) => ({ ...text(raw, 'q'), ...text(raw, 'connector') })
export const parseCatalogSearch = (raw: Raw) => ({
  ...text(raw, 'q'),
  ...text(raw, 'category'),
  ...oneOf(raw, 'only', ['installed', 'documents']),
})
export const parseImportSearch = (raw: Raw) => ({ ...text(raw, 'catalog'), ...oneOf(raw, 'from', ['document', 'mcp']) })
export const parseConnectionSearch = (raw: Raw) => oneOf(raw, 'tab', ['overview', 'test', 'credential', 'settings'])
export const parseConnectSearch = (raw: Raw) => ({
  ...oneOf(raw, 'step', ['basics', 'auth', 'actions', 'test']),
  ...text(raw, 'connector'),
})
export const parseToolsSearch = (raw: Raw) => ({ ...text(raw, 'q'), ...text(raw, 'connection') })
export const parseCallSearch = (raw: Raw) => ({
  ...text(raw, 'connector'),
  ...text(raw, 'action'),
  ...text(raw, 'connection'),
  ...text(raw, 'caller'),
  ...text(raw, 'error_code'),
  ...oneOf(raw, 'status', callStatuses),
  ...oneOf(raw, 'window', callWindows),
})
export type CallSearch = ReturnType<typeof parseCallSearch>
export const parseAuditSearch = (raw: Raw) => ({
  ...oneOf(raw, 'kind', Object.keys(kindWords) as AuditKind[]),
  ...text(raw, 'actor'),
  ...text(raw, 'target'),
  ...oneOf(raw, 'past', auditWindows),
})
export type AuditSearch = ReturnType<typeof parseAuditSearch>
export const parseAlertSearch = (raw: Raw) => ({
  ...oneOf(raw, 'tab', ['firing', 'history', 'rules', 'silences']),
  ...text(raw, 'alert'),
})
export const parseSecretBackendSearch = (raw: Raw) => ({ ...text(raw, 'backend'), ...oneOf(raw, 'secrets', ['problems']) })
export const parseApprovalSearch = (raw: Raw) => oneOf(raw, 'show', ['pending', 'all'])
export const parseConnectorSearch = (raw: Raw) => ({
  ...oneOf(raw, 'tab', ['actions', 'script', 'versions', 'document']),
  ...text(raw, 'action'),
})
export { callStatuses }
