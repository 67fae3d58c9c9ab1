import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, Outlet, useMatch, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { queries, watchMs } from '../../api/queries.ts'
import type { Approval } from '../../api/types.ts'
import { cx } from '../../lib/cx.ts'
import { usePages } from '../../lib/use-pages.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Segments } from '../../ui/choice.tsx'
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { approvalStates, EffectMark, Mark } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { DoorsPicture } from '../connections/doors-picture.tsx'
import { useMay } from '../session/session.ts'
import { ExpiryLeft } from './expiry.tsx'
import { StandingList } from './standing-list.tsx'

const rowHeight = 68
/** The `md:` width. */
const twoPanes = '(min-width: 56rem)'

/** Calls that wait for a person, and those that did. */
export function ApprovalsPage() {
  const { show = 'pending' } = useSearch({ from: '/approvals' })
  const navigate = useNavigate()
  const open = useMatch({ from: '/approvals/$approvalId', shouldThrow: false })
  const query = useInfiniteQuery({ ...queries.approvals(show === 'pending' ? 'pending' : undefined), refetchInterval: watchMs })
  const { items, more, count } = usePages(query)
  const mayDecide = useMay('manager')
  const admin = useMay('admin')

  // Beside the list there is room for a call: an inbox that has something shows it.
  const first = open ? undefined : items[0]?.id
  useEffect(() => {
    if (first === undefined || !matchMedia(twoPanes).matches) return
    void navigate({ to: '/approvals/$approvalId', params: { approvalId: first }, search: (previous) => previous, replace: true })
  }, [first, navigate])

  return (
    <div className="grid h-full min-h-0 md:grid-cols-[23rem_minmax(0,1fr)]">
      <title>Approvals · Sallyport</title>
      <section aria-label="Approvals" className={cx('min-h-0 flex-col border-r border-line', open ? 'hidden md:flex' : 'flex')}>
        <header className="px-4 pt-4 pb-3 md:pt-6">
          <div className="mb-3 flex items-baseline justify-between">
            <h1 className="text-title font-semibold tracking-tight">Approvals</h1>
            <span className="text-small text-ink-3 tabular">{query.data && items.length > 0 && count}</span>
          </div>
          {admin && (
            <Link to="/notifications" className="mb-3 block text-small text-accent hover:underline">
              Who is told when a call waits
            </Link>
          )}
          <Segments
            label="Which"
            value={show}
            onChange={(next) => void navigate({ to: '.', search: { show: next }, replace: true })}
            options={[
              { value: 'pending', label: 'Waiting' },
              { value: 'all', label: 'All' },
            ]}
          />
        </header>
        {query.isPending ? (
          <SkeletonRows height={rowHeight} rows={6} />
        ) : query.isError && items.length === 0 ? (
          <ErrorNotice error={query.error} onRetry={() => void query.refetch()} className="mx-4" />
        ) : items.length === 0 ? (
          <>
            <p className="px-4 text-ink-3 max-md:hidden">{show === 'pending' ? 'Nothing waits.' : 'None yet.'}</p>
            <div className="md:hidden">
              <NoApprovals show={show} />
            </div>
          </>
        ) : (
          <VirtualList
            label="Approvals"
            items={items}
            keyOf={({ id }) => id}
            rowHeight={rowHeight}
            more={more}
            row={(approval) => <ApprovalRow approval={approval} />}
            className="border-t border-line"
          />
        )}
        <StandingList mayRevoke={mayDecide} />
      </section>
      <div className={cx('min-h-0 min-w-0', open ? 'block' : 'hidden md:block')}>
        {open ? (
          <Outlet />
        ) : (
          query.isSuccess &&
          items.length === 0 && (
            <div className="grid h-full place-items-center pb-24">
              <NoApprovals show={show} />
            </div>
          )
        )}
      </div>
    </div>
  )
}

function NoApprovals({ show }: { readonly show: 'pending' | 'all' }) {
  const pending = show === 'pending'
  return (
    <EmptyState
      picture={<DoorsPicture />}
      title={pending ? 'Nothing waits' : 'No approvals yet'}
      actions={
        pending && (
          <ButtonLink to="/approvals" search={{ show: 'all' }}>
            Past approvals
          </ButtonLink>
        )
      }
    >
      A call of an action marked “needs approval” stops between the doors until a person has seen the exact request. Mark actions
      when you connect an API, or in the document of its connector.
    </EmptyState>
  )
}

function ApprovalRow({ approval }: { readonly approval: Approval }) {
  return (
    <Link
      to="/approvals/$approvalId"
      params={{ approvalId: approval.id }}
      search={(previous) => previous}
      data-row-main
      data-focus-inset
      className="flex h-[68px] items-start gap-3 border-b border-l-2 border-b-line border-l-transparent px-3.5 py-3 transition-colors hover:bg-hover data-[status=active]:border-l-accent data-[status=active]:bg-hover"
    >
      <Mark state={approvalStates[approval.status]} className="mt-1" />
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline gap-2">
          <span className="min-w-0 flex-1 truncate font-medium">{approval.action}</span>
          <span className="text-small whitespace-nowrap text-ink-3">
            {approval.status === 'pending' ? (
              <ExpiryLeft at={approval.expires_at} />
            ) : (
              <Ago at={approval.decided_at ?? approval.created_at} />
            )}
          </span>
        </span>
        <span className="flex items-center gap-2 text-small text-ink-3">
          <span className="min-w-0 flex-1 truncate">
            {approval.requested_by.name} · {approval.connection.name}
          </span>
          {approval.effect !== 'read' && <EffectMark effect={approval.effect} bare />}
          {approval.status !== 'pending' && <span>{approvalStates[approval.status].words}</span>}
        </span>
      </span>
    </Link>
  )
}
