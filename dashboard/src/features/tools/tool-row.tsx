import { Link } from '@tanstack/react-router'
import type { Effect } from '../../api/types.ts'
import { compact } from '../../lib/compact.ts'
import { cx } from '../../lib/cx.ts'
import { EffectMark, Method } from '../../ui/status.tsx'

/** Height of a row in pixels. */
export const toolRowHeight = 46

interface ToolRowProps {
  readonly connector: string
  readonly connection?: string
  readonly action: {
    readonly name: string
    readonly method?: string | undefined
    readonly path?: string | undefined
    readonly effect: Effect
    readonly deprecated?: boolean
  }
  /** Names the connector, where actions of several stand together. */
  readonly qualified?: boolean
}

/** One action in the list at the left. */
export function ToolRow({ connector, connection, action, qualified }: ToolRowProps) {
  return (
    <Link
      to="/tools/$connector/$action"
      params={{ connector, action: action.name }}
      search={(previous) => compact({ q: previous.q, connection })}
      activeOptions={{ includeSearch: false }}
      data-row-main
      data-focus-inset
      className="flex h-[46px] items-center border-l-2 border-transparent pr-3.5 pl-4 leading-tight transition-colors hover:bg-hover data-[status=active]:border-accent data-[status=active]:bg-hover"
    >
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-1.5">
          <span className={cx('truncate', action.deprecated && 'text-ink-3 line-through')}>{action.name}</span>
          {action.effect !== 'read' && <EffectMark effect={action.effect} bare />}
          {qualified && <span className="ml-auto truncate pl-2 text-micro text-ink-3">{connector}</span>}
        </span>
        <span className="flex min-w-0 items-baseline">
          <Method method={action.method ?? ''} className="w-11" />
          <code className="truncate text-micro text-ink-3">{action.path}</code>
        </span>
      </span>
    </Link>
  )
}
