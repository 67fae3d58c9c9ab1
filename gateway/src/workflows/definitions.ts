import type { Transaction } from 'kysely'
import type { Actor } from '../call/types.ts'
import { type Caller, requireRole } from '../caller.ts'
import type { WorkflowDocument } from '../definition/workflow/document.ts'
import { childrenOf } from '../definition/workflow/kind.ts'
import { parseWorkflow } from '../definition/workflow/parse.ts'
import { nextTime } from '../definition/workflow/schedule.ts'
import { SallyportError } from '../errors.ts'
import { newId } from '../id.ts'
import { pageSize, parseCursor, toPage } from '../page.ts'
import { recordAct } from '../store/acts.ts'
import { isUniqueViolation } from '../store/constraints.ts'
import type { Database } from '../store/schema.ts'
import type { WorkflowDeploymentRow, WorkflowRow } from '../store/workflow-tables.ts'
import { randomBytesAs, randomToken, sha256 } from '../vault/digest.ts'
import { bind, requireBound } from './bindings.ts'
import type { Hook } from './triggers.ts'
import type { DeploymentView, WorkflowServices, WorkflowSummary, Workflows, WorkflowView } from './types.ts'

type SummaryRow = WorkflowRow & { readonly document: Readonly<Record<string, unknown>> }

function notFound(id: string): SallyportError {
  return new SallyportError('NOT_FOUND', { detail: `There is no workflow "${id}" in this workspace.` })
}

function summaryOf({ slug, name, version, updated_at, document }: SummaryRow): WorkflowSummary {
  const { trigger = {}, description = '' } = document as WorkflowDocument
  const [kind] = Object.keys(trigger)
  return {
    id: slug,
    name,
    description,
    version,
    trigger: kind === 'schedule' || kind === 'webhook' || kind === 'poll' ? kind : null,
    updated_at: updated_at.toISOString(),
  }
}

function deploymentView(slug: string, row: WorkflowDeploymentRow): DeploymentView {
  const { id, version, environment, bindings, pins, token_id, next_at, created_by, created_at } = row
  const by = created_by as Actor
  return {
    id,
    workflow: slug,
    version,
    environment,
    bindings,
    pins,
    token: token_id,
    next_at: next_at?.toISOString() ?? null,
    created_by: by,
    created_at: created_at.toISOString(),
  }
}

/** A workflow of this slug with its newest document. */
function selectWorkflows(db: Transaction<Database>, workspaceId: string) {
  return db
    .selectFrom('workflows')
    .innerJoin('workflow_versions', (join) =>
      join
        .onRef('workflow_versions.workflow_id', '=', 'workflows.id')
        .onRef('workflow_versions.version', '=', 'workflows.version'),
    )
    .selectAll('workflows')
    .select('workflow_versions.document')
    .where('workflows.workspace_id', '=', workspaceId)
}

export function createDefinitions(services: WorkflowServices): Workflows {
  const { store, clock, sealedCalls } = services

  async function find({ workspaceId }: Caller, slug: string): Promise<SummaryRow> {
    const row = await store.workspace(workspaceId, (db) =>
      selectWorkflows(db, workspaceId).where('workflows.slug', '=', slug).executeTakeFirst(),
    )
    if (row === undefined) throw notFound(slug)
    return row
  }

  async function view(caller: Caller, slug: string, version?: number): Promise<WorkflowView> {
    const row = await find(caller, slug)
    const { versions, deployments } = await store.workspace(caller.workspaceId, async (db) => ({
      versions: await db
        .selectFrom('workflow_versions')
        .select(['version', 'document', 'source', 'created_at', 'created_by'])
        .where('workflow_id', '=', row.id)
        .orderBy('version', 'desc')
        .limit(100)
        .execute(),
      deployments: await db
        .selectFrom('workflow_deployments')
        .selectAll()
        .where('workflow_id', '=', row.id)
        .where('ended_at', 'is', null)
        .orderBy('environment')
        .execute(),
    }))
    const shown = versions.find((each) => each.version === (version ?? row.version))
    if (shown === undefined) throw new SallyportError('NOT_FOUND', { detail: `"${slug}" has no version ${version}.` })
    return {
      ...summaryOf({ ...row, version: shown.version, document: shown.document }),
      document: shown.document,
      source: shown.source,
      versions: versions.map((each) => ({
        version: each.version,
        created_at: each.created_at.toISOString(),
        created_by: each.created_by,
      })),
      deployments: deployments.map((each) => deploymentView(slug, each)),
    }
  }

  /** Everything that a workflow runs may run others, but never itself by a detour. */
  async function requireNoCycle({ workspaceId }: Caller, document: WorkflowDocument): Promise<void> {
    const rows = await store.workspace(workspaceId, (db) => selectWorkflows(db, workspaceId).execute())
    const runs = new Map(rows.map(({ slug, document }) => [slug, subWorkflowsOf(document as WorkflowDocument)]))
    runs.set(document.workflow, subWorkflowsOf(document))
    const visit = (slug: string, way: readonly string[]): void => {
      for (const next of runs.get(slug) ?? []) {
        if (next === document.workflow)
          throw new SallyportError('INVALID_INPUT', { detail: `The workflow runs itself: ${[...way, slug, next].join(' → ')}.` })
        if (!way.includes(next)) visit(next, [...way, slug])
      }
    }
    visit(document.workflow, [])
  }

  /** The address and the secret stay when it is deployed again: senders know them. */
  async function hookOf(workspaceId: string, workflowId: string, environment: string, secret: string | undefined): Promise<Hook> {
    const before = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('workflow_deployments')
        .select(['id', 'sealed_hook', 'hook_key_id'])
        .where('workflow_id', '=', workflowId)
        .where('environment', '=', environment)
        .where('ended_at', 'is', null)
        .executeTakeFirst(),
    )
    const known =
      before === undefined || before.sealed_hook === null || before.hook_key_id === null
        ? null
        : ((await sealedCalls.openHook(workspaceId, before.id, {
            ciphertext: before.sealed_hook,
            keyId: before.hook_key_id,
          })) as Hook)
    return {
      token: known?.token ?? randomToken(24),
      secret: secret ?? known?.secret ?? `whsec_${randomBytesAs(32, 'base64')}`,
    }
  }

  const textOf = (source: unknown) => (typeof source === 'string' ? source : null)

  return {
    async list(caller, query) {
      requireRole(caller, 'viewer')
      const size = pageSize(query.limit)
      const after = parseCursor(query.cursor)
      const rows = await store.workspace(caller.workspaceId, (db) => {
        let select = selectWorkflows(db, caller.workspaceId)
          .orderBy('workflows.slug')
          .limit(size + 1)
        if (after !== undefined) select = select.where('workflows.slug', '>', after)
        return select.execute()
      })
      return toPage(rows, size, summaryOf, ({ slug }) => slug)
    },

    async get(caller, id, version) {
      requireRole(caller, 'viewer')
      return view(caller, id, version)
    },

    async check(caller, source) {
      requireRole(caller, 'member')
      const document = parseWorkflow(source)
      await requireNoCycle(caller, document)
      return { ok: true, workflow: document.workflow, steps: document.steps.length }
    },

    async create(caller, source) {
      requireRole(caller, 'admin')
      const document = parseWorkflow(source)
      await requireNoCycle(caller, document)
      const { workspaceId } = caller
      const { workflow: slug, name } = document
      const id = newId('workflow', clock.now())
      const made = { workspace_id: workspaceId, version: 1, created_by: `${caller.kind}:${caller.id}` }
      const saving = store.workspace(workspaceId, async (db) => {
        await db
          .insertInto('workflows')
          .values({ id, slug, name, ...made })
          .execute()
        await db
          .insertInto('workflow_versions')
          .values({ workflow_id: id, document: JSON.stringify(document), source: textOf(source), ...made })
          .execute()
        await recordAct(db, workspaceId, { kind: 'workflow.created', by: caller, target: { kind: 'workflow', id: slug, name } })
      })
      await saving.catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error
        throw new SallyportError('CONFLICT', {
          detail: `There is a workflow "${slug}" already. Update it, or choose another name.`,
        })
      })
      return view(caller, slug)
    },

    async update(caller, id, source) {
      requireRole(caller, 'admin')
      await find(caller, id)
      const document = parseWorkflow(source)
      if (document.workflow !== id)
        throw new SallyportError('INVALID_INPUT', { detail: `The file is of "${document.workflow}", and this is "${id}".` })
      await requireNoCycle(caller, document)
      const { workspaceId } = caller
      await store.workspace(workspaceId, async (db) => {
        const row = await db
          .updateTable('workflows')
          .set((eb) => ({ version: eb('version', '+', 1), name: document.name, updated_at: new Date(clock.now()) }))
          .where('workspace_id', '=', workspaceId)
          .where('slug', '=', id)
          .returning(['id', 'version', 'name'])
          .executeTakeFirst()
        if (row === undefined) throw notFound(id)
        await db
          .insertInto('workflow_versions')
          .values({
            ...{ workspace_id: workspaceId, workflow_id: row.id, version: row.version },
            ...{ document: JSON.stringify(document), source: textOf(source), created_by: `${caller.kind}:${caller.id}` },
          })
          .execute()
        const target = { kind: 'workflow', id, name: row.name }
        await recordAct(db, workspaceId, { kind: 'workflow.updated', by: caller, target, after: { version: row.version } })
      })
      return view(caller, id)
    },

    async remove(caller, id) {
      requireRole(caller, 'admin')
      const row = await find(caller, id)
      await store.workspace(caller.workspaceId, async (db) => {
        const open = await db
          .selectFrom('workflow_runs')
          .select('id')
          .where('workflow_id', '=', row.id)
          .where('status', 'in', ['queued', 'running', 'waiting'])
          .limit(1)
          .executeTakeFirst()
        const deployed = await db
          .selectFrom('workflow_deployments')
          .select('environment')
          .where('workflow_id', '=', row.id)
          .where('ended_at', 'is', null)
          .executeTakeFirst()
        if (open !== undefined || deployed !== undefined)
          throw new SallyportError('CONFLICT', {
            detail:
              deployed === undefined
                ? 'Runs of it are under way. Cancel them first.'
                : `It is deployed to ${deployed.environment}. Undeploy it first.`,
          })
        const runs = db.selectFrom('workflow_runs').select('id').where('workflow_id', '=', row.id)
        await db.deleteFrom('workflow_steps').where('run_id', 'in', runs).execute()
        await db.deleteFrom('workflow_runs').where('workflow_id', '=', row.id).execute()
        await db.deleteFrom('workflow_deployments').where('workflow_id', '=', row.id).execute()
        await db.deleteFrom('workflow_versions').where('workflow_id', '=', row.id).execute()
        await db.deleteFrom('workflows').where('id', '=', row.id).execute()
        const target = { kind: 'workflow', id, name: row.name }
        await recordAct(db, caller.workspaceId, { kind: 'workflow.deleted', by: caller, target })
      })
    },

    async deploy(caller, id, { environment = 'production', version, bindings = {}, webhookSecret }) {
      requireRole(caller, 'admin')
      const row = await find(caller, id)
      const { document, version: number } = await view(caller, id, version)
      const parsed = parseWorkflow(document)
      const bound = await bind(services, caller, parsed, environment, bindings)
      requireBound(bound)
      const { workspaceId } = caller
      // Its own caller: weaker than whoever deploys it, for this environment, and gone when they lose their rights.
      const token = await services.access.createToken(caller, {
        name: `workflow ${id} (${environment})`.slice(0, 100),
        role: 'member',
        environments: [environment],
        ...(caller.personId !== null && { personal: true }),
      })
      const now = new Date(clock.now())
      const values = {
        id: newId('deployment', clock.now()),
        ...{ workspace_id: workspaceId, workflow_id: row.id, version: number, environment, token_id: token.id },
        ...{ bindings: JSON.stringify(bound.bindings), pins: JSON.stringify(bound.pins) },
        created_by: JSON.stringify({ kind: caller.kind, id: caller.id, name: caller.name }),
      }
      const hook = parsed.trigger?.webhook === undefined ? null : await hookOf(workspaceId, row.id, environment, webhookSecret)
      const schedule = parsed.trigger?.schedule
      const next = schedule === undefined ? null : nextTime(schedule, clock.now())
      const made = await sealedCalls.storing(workspaceId, async () => {
        const sealed = hook === null ? null : await sealedCalls.sealHook(workspaceId, values.id, hook)
        return store.workspace(workspaceId, async (db) => {
          await db
            .updateTable('workflow_deployments')
            .set({ ended_at: now, hook_hash: null })
            .where('workflow_id', '=', row.id)
            .where('environment', '=', environment)
            .where('ended_at', 'is', null)
            .execute()
          const deployed = await db
            .insertInto('workflow_deployments')
            .values({
              ...values,
              next_at: typeof next === 'number' ? new Date(next) : null,
              hook_hash: hook === null ? null : sha256(hook.token),
              sealed_hook: sealed?.ciphertext ?? null,
              hook_key_id: sealed?.keyId ?? null,
            })
            .returningAll()
            .executeTakeFirstOrThrow()
          await recordAct(db, workspaceId, {
            kind: 'workflow.deployed',
            by: caller,
            target: { kind: 'workflow', id, name: row.name },
            after: { environment, version: number, bindings: bound.bindings, pins: bound.pins, token: token.id },
          })
          return deployed
        })
      })
      const shown = deploymentView(id, made)
      return hook === null ? shown : { ...shown, webhook: { path: `/hooks/${hook.token}`, secret: hook.secret } }
    },

    async undeploy(caller, deploymentId) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      const ended = await store.workspace(workspaceId, async (db) => {
        const row = await db
          .updateTable('workflow_deployments')
          .set({ ended_at: new Date(clock.now()) })
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', deploymentId)
          .where('ended_at', 'is', null)
          .returningAll()
          .executeTakeFirst()
        if (row === undefined) throw new SallyportError('NOT_FOUND', { detail: `There is no deployment "${deploymentId}".` })
        const workflow = await db
          .selectFrom('workflows')
          .select(['slug', 'name'])
          .where('id', '=', row.workflow_id)
          .executeTakeFirstOrThrow()
        const target = { kind: 'workflow', id: workflow.slug, name: workflow.name }
        await recordAct(db, workspaceId, {
          kind: 'workflow.undeployed',
          by: caller,
          target,
          before: { environment: row.environment },
        })
        return row
      })
      await services.access.revokeToken(caller, ended.token_id)
    },
  }
}

function subWorkflowsOf(document: WorkflowDocument): readonly string[] {
  const found: string[] = []
  const visit = (steps: WorkflowDocument['steps']): void => {
    for (const step of steps) {
      if (step.workflow !== undefined) found.push(step.workflow.workflow)
      visit(childrenOf(step))
    }
  }
  visit(document.steps)
  return found
}
