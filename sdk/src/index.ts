import type { components } from './api.ts'

/** The shapes of the API by name, e.g. `Schemas['Connection']`. */
export type Schemas = components['schemas']
export type { ErrorCode } from './api.ts'
export { type AuditKnowledge, type AuditProblem, type AuditReport, verifyAuditExport } from './audit.ts'
export {
  type ChatEvent,
  type ImportProgress,
  Sallyport,
  type SallyportOptions,
  type ToolFormat,
} from './client.ts'
export type { CallOptions, Custom, CustomAction, CustomConnector } from './custom.ts'
export { PendingApproval, SallyportProblem, SallyportUnreachable } from './errors.ts'
export type { McpBridge } from './mcp.ts'
export { allItems, type Page } from './page.ts'
export { defineWorkflow, type WorkflowDocument, type WorkflowStep } from './workflow.ts'
