import type { ConnectorDocument } from '../definition/document.ts'
import type { ConnectorSummary } from '../store/schema.ts'

/** What lists show of a connector without opening its document. */
export function summaryOf(document: ConnectorDocument): ConnectorSummary {
  const schemes = Object.values(document.auth ?? {})
  return {
    description: document.description ?? '',
    category: document.category ?? '',
    auth_mode: schemes.every((scheme) => scheme.type === 'none') ? 'none' : 'pat',
    brand_logo: document.brand?.logo ?? '',
    brand_color: document.brand?.color ?? '',
    kind: document.kind ?? 'http',
    actions: Object.keys(document.actions).length,
  }
}
