import { schemaCompiler } from '../definition/json-schema/validator.ts'
import type { WorkflowDocument } from '../definition/workflow/document.ts'
import { parseWorkflow } from '../definition/workflow/parse.ts'
import { SallyportError } from '../errors.ts'
import type { Store } from '../store/types.ts'
import type { WorkflowDeploymentRow } from '../store/workflow-tables.ts'

/** Reads what runs are made of. */
export function createStored(store: Store) {
  async function deploymentOf(
    workspaceId: string,
    slug: string,
    environment: string | undefined,
  ): Promise<WorkflowDeploymentRow> {
    const rows = await store.workspace(workspaceId, (db) => {
      let select = db
        .selectFrom('workflow_deployments')
        .innerJoin('workflows', 'workflows.id', 'workflow_deployments.workflow_id')
        .selectAll('workflow_deployments')
        .where('workflows.workspace_id', '=', workspaceId)
        .where('workflows.slug', '=', slug)
        .where('workflow_deployments.ended_at', 'is', null)
      if (environment !== undefined) select = select.where('workflow_deployments.environment', '=', environment)
      return select.execute()
    })
    const [only, another] = rows
    if (only === undefined)
      throw new SallyportError('NOT_FOUND', {
        detail: `The workflow "${slug}" is not deployed${environment === undefined ? '' : ` to ${environment}`}. Deploy it first.`,
      })
    if (another === undefined) return only
    const production = rows.find((each) => each.environment === 'production')
    if (production !== undefined) return production
    throw new SallyportError('INVALID_INPUT', {
      detail: `"${slug}" is deployed to ${rows.map((each) => each.environment).join(', ')}. Name one as environment.`,
    })
  }

  async function documentOf(workspaceId: string, workflowId: string, version: number): Promise<WorkflowDocument> {
    const row = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('workflow_versions')
        .select('document')
        .where('workflow_id', '=', workflowId)
        .where('version', '=', version)
        .executeTakeFirst(),
    )
    if (row === undefined) throw new SallyportError('NOT_FOUND', { detail: `The workflow has no version ${version}.` })
    return parseWorkflow(row.document)
  }

  /** What a person or a program gives, as the workflow's own schema wants it. */
  function requireInput({ input: schema }: WorkflowDocument, input: unknown): void {
    if (schema === undefined) return
    const problems = schemaCompiler({}, { formats: false }).compile(schema)(input)
    const [first] = problems
    if (first !== undefined)
      throw new SallyportError('INVALID_INPUT', {
        detail: `The input does not match the workflow: ${first.message}.`,
        diagnostics: { errors: problems },
      })
  }

  return { deploymentOf, documentOf, requireInput }
}
