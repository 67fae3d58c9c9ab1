import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { ArrowLeft, Stamp } from 'lucide-react'
import { useMemo } from 'react'
import { queries } from '../../api/queries.ts'
import type { Connection } from '../../api/types.ts'
import { compact } from '../../lib/compact.ts'
import { type ListedAction, listedAction, schemasOf } from '../../lib/connector-actions.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Select } from '../../ui/choice.tsx'
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { Chip, EffectMark, Method } from '../../ui/status.tsx'
import { TryAction } from './try-action.tsx'
import { useScenarios } from './use-scenarios.ts'

/** One action: what it is, and a place to try it. */
export function ToolPane() {
  const { connector, action: name } = useParams({ from: '/tools/$connector/$action' })
  const { connection: wanted } = useSearch({ from: '/tools/$connector/$action' })
  const navigate = useNavigate()
  const document = useQuery(queries.connector(connector))
  const connections = useInfiniteQuery(queries.connections({ connector }))
  const scenarios = useScenarios(document.data ?? null, name)
  const schemas = useMemo(() => (document.data ? schemasOf(document.data, name) : null), [document.data, name])

  if (document.isPending || connections.isPending) return <SkeletonRows height={44} rows={6} />
  const error = document.error ?? connections.error
  if (!document.data || !connections.data || !schemas)
    return (
      <ErrorNotice error={error} onRetry={() => void Promise.all([document.refetch(), connections.refetch()])} className="m-6" />
    )

  const contract = document.data.actions[name]
  const alternatives = connections.data.pages.flatMap(({ items }) => items)
  const connection = alternatives.find(({ id }) => id === wanted) ?? alternatives[0]
  if (!contract || !connection)
    return (
      <EmptyState
        title="This action can't be called now"
        actions={
          contract ? (
            <ButtonLink to="/connect" search={{ connector }}>
              Connect {document.data.name}
            </ButtonLink>
          ) : (
            <ButtonLink to="/tools">All tools</ButtonLink>
          )
        }
      >
        {contract
          ? 'Its connector has no connection yet.'
          : `${document.data.name} has no action ${name} in its current version.`}
      </EmptyState>
    )
  const action = listedAction(name, contract)
  const choose = (id: string) =>
    void navigate({ to: '.', search: (previous) => ({ ...previous, connection: id }), replace: true })
  return (
    <div className="flex h-full min-h-0 flex-col overflow-y-auto">
      <ToolHeader connector={connector} action={action} connection={connection} alternatives={alternatives} onChoose={choose} />
      <TryAction
        key={`${connection.id}/${name}`}
        connector={connector}
        connection={connection}
        action={action}
        scenarios={scenarios}
        schemas={schemas}
      />
    </div>
  )
}

interface HeaderProps {
  readonly connector: string
  readonly action: ListedAction
  readonly connection: Connection
  readonly alternatives: readonly Connection[]
  readonly onChoose: (id: string) => void
}

function ToolHeader({ connector, action, connection, alternatives, onChoose }: HeaderProps) {
  return (
    <header className="px-4 pt-4 pb-4 md:px-8 md:pt-6">
      <Link
        to="/tools"
        search={({ q }) => compact({ q })}
        className="mb-2 inline-flex items-center gap-1 text-small text-ink-2 md:hidden"
      >
        <ArrowLeft size={14} aria-hidden />
        All tools
      </Link>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="text-title font-semibold tracking-tight break-words">{action.title || action.name}</h2>
        <EffectMark effect={action.effect} />
        {action.confirm && (
          <Chip tone="wait">
            <Stamp size={11} aria-hidden />
            needs approval
          </Chip>
        )}
        {action.deprecated && <Chip tone="warn">deprecated</Chip>}
      </div>
      <div className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-1 text-small">
        <code className="break-all text-ink-2">
          custom.{connector}.{action.name}
        </code>
        <span className="flex min-w-0 items-baseline">
          <Method method={action.method} className="w-auto pr-1.5" />
          <code className="break-all text-ink-3">{action.path}</code>
        </span>
      </div>
      {action.description && <p className="mt-2 line-clamp-3 max-w-prose text-ink-2">{action.description}</p>}
      {alternatives.length > 1 && (
        <div className="mt-3 flex items-center gap-2 text-small">
          <span className="text-ink-3">through</span>
          <Select
            label="Connection"
            value={connection.id}
            onChange={onChoose}
            options={alternatives.map(({ id, name, environment }) => ({ value: id, label: name, hint: environment }))}
            className="max-w-64"
          />
        </div>
      )}
    </header>
  )
}
