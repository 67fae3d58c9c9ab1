import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { ArrowLeft, Stamp } from 'lucide-react'
import type { Tool } from '../../api/types.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Select } from '../../ui/choice.tsx'
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { Chip, EffectMark, Method } from '../../ui/status.tsx'
import { actionTools } from './find-tools.ts'
import { TryAction } from './try-action.tsx'

/** One action: what it is, and a place to try it. */
export function ToolPane() {
  const { connector, action } = useParams({ from: '/tools/$connector/$action' })
  const { connection } = useSearch({ from: '/tools/$connector/$action' })
  const navigate = useNavigate()
  const query = useQuery(actionTools(connector, action))
  if (query.isPending) return <SkeletonRows height={44} rows={6} />
  if (query.isError) return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} className="m-6" />
  const tool = query.data.find((candidate) => candidate.connection.id === connection) ?? query.data[0]
  if (!tool)
    return (
      <EmptyState title="This action can't be called now" actions={<ButtonLink to="/tools">All tools</ButtonLink>}>
        No connection offers <code>{action}</code> of {connector}. It may have been deleted, or renamed in a new version.
      </EmptyState>
    )
  const choose = (id: string) =>
    void navigate({ to: '.', search: (previous) => ({ ...previous, connection: id }), replace: true })
  return (
    <div className="flex h-full min-h-0 flex-col overflow-y-auto">
      <ToolHeader tool={tool} alternatives={query.data} onChoose={choose} />
      <TryAction key={`${tool.connection.id}/${tool.connector}/${tool.action}`} tool={tool} />
    </div>
  )
}

function ToolHeader({
  tool,
  alternatives,
  onChoose,
}: {
  readonly tool: Tool
  readonly alternatives: readonly Tool[]
  readonly onChoose: (id: string) => void
}) {
  return (
    <header className="px-4 pt-4 pb-4 md:px-8 md:pt-6">
      <Link
        to="/tools"
        search={(previous) => ({ ...('q' in previous && previous.q ? { q: previous.q } : {}) })}
        className="mb-2 inline-flex items-center gap-1 text-small text-ink-2 md:hidden"
      >
        <ArrowLeft size={14} aria-hidden />
        All tools
      </Link>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="text-title font-semibold tracking-tight">{tool.title || tool.action}</h2>
        <EffectMark effect={tool.effect} />
        {tool.confirm && (
          <Chip tone="wait">
            <Stamp size={11} aria-hidden />
            needs approval
          </Chip>
        )}
        {tool.deprecated && <Chip tone="warn">deprecated</Chip>}
      </div>
      <div className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-1 text-small">
        <code className="text-ink-2">
          custom.{tool.connector}.{tool.action}
        </code>
        <span className="flex min-w-0 items-baseline">
          <Method method={tool.method} className="w-auto pr-1.5" />
          <code className="break-all text-ink-3">{tool.path}</code>
        </span>
      </div>
      {tool.description && <p className="mt-2 line-clamp-3 max-w-prose text-ink-2">{tool.description}</p>}
      {alternatives.length > 1 && (
        <div className="mt-3 flex items-center gap-2 text-small">
          <span className="text-ink-3">through</span>
          <Select
            label="Connection"
            value={tool.connection.id}
            onChange={onChoose}
            options={alternatives.map(({ connection }) => ({
              value: connection.id,
              label: connection.name,
              hint: connection.environment,
            }))}
            className="max-w-64"
          />
        </div>
      )}
    </header>
  )
}
