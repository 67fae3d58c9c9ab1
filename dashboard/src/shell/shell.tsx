import { Link, Outlet, useNavigate } from '@tanstack/react-router'
import { Ellipsis, Search } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import type { Session, SessionCaller } from '../api/types.ts'
import { reaches } from '../features/session/session.ts'
import { cx } from '../lib/cx.ts'
import { Logo } from '../ui/logo.tsx'
import { AccountMenu } from './account-menu.tsx'
import { paletteKeys, usePageKeys } from './keys.ts'
import { KeysDialog } from './keys-dialog.tsx'
import { type Destination, destinations, groups } from './navigation.ts'
import { usePendingApprovals } from './use-pending.ts'

const Palette = lazy(() => import('./palette.tsx'))

/** The frame around every screen: navigation at the left, or below on a phone. */
export function Shell({ session }: { readonly session: Session & { readonly caller: SessionCaller } }) {
  const navigate = useNavigate()
  const pending = usePendingApprovals()
  const [palette, setPalette] = useState(false)
  const [help, setHelp] = useState(false)
  usePageKeys({ go: (to) => void navigate({ to }), palette: () => setPalette(true), help: () => setHelp(true) })

  const { caller, workspace } = session
  const visible = destinations.filter(({ role }) => role === undefined || reaches(caller.role, role))
  const badge = (to: string) => (to === '/approvals' ? pending : null)

  return (
    <div className="grid h-dvh grid-rows-[minmax(0,1fr)_auto] md:grid-cols-[13.5rem_minmax(0,1fr)] md:grid-rows-1">
      <a
        href="#content"
        className="sr-only z-50 rounded-control bg-ink px-3 py-1.5 text-on-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <nav aria-label="Main" className="hidden flex-col border-r border-line bg-sunken px-3 pt-4 pb-3 md:flex">
        <div className="flex items-center gap-2.5 px-2 pb-4">
          <Logo />
          <div className="min-w-0 leading-tight">
            <div className="font-semibold tracking-tight">Sallyport</div>
            <div className="truncate text-micro text-ink-3">{workspace?.name}</div>
          </div>
        </div>
        <button
          type="button"
          onClick={() => setPalette(true)}
          className="mb-4 flex h-8 items-center gap-2 rounded-control border border-line bg-panel px-2 text-body text-ink-3 transition-colors hover:border-edge"
        >
          <Search size={14} aria-hidden />
          <span className="flex-1 text-left">Go to…</span>
          <kbd className="text-micro">{paletteKeys}</kbd>
        </button>
        <div className="-mx-3 min-h-0 flex-1 overflow-y-auto px-3">
          <NavGroup items={visible.filter(({ group }) => group === 'work')} badge={badge} />
          {Object.entries(groups).map(([name, heading]) => {
            const items = visible.filter(({ group }) => group === name)
            return (
              items.length > 0 && (
                <div key={name}>
                  <div className="caption mt-4 mb-1 px-2">{heading}</div>
                  <NavGroup items={items} badge={badge} />
                </div>
              )
            )
          })}
        </div>
        <div className="pt-2">
          <AccountMenu
            session={session}
            onHelp={() => setHelp(true)}
            trigger={
              <button
                type="button"
                className="flex w-full items-center gap-2.5 rounded-control px-2 py-1.5 text-left transition-colors hover:bg-hover data-popup-open:bg-hover"
              >
                <span
                  aria-hidden
                  className="grid size-6 shrink-0 place-items-center rounded-full bg-accent-wash text-micro font-semibold text-accent uppercase"
                >
                  {caller.name.slice(0, 1)}
                </span>
                <span className="min-w-0 flex-1 leading-tight">
                  <span className="block truncate text-body">{caller.name}</span>
                  <span className="block text-micro text-ink-3">{caller.role}</span>
                </span>
                <Ellipsis size={14} className="text-ink-3" aria-hidden />
                <span className="sr-only">Account and theme</span>
              </button>
            }
          />
        </div>
      </nav>

      <main id="content" tabIndex={-1} className="min-h-0 min-w-0 outline-none">
        <Outlet />
      </main>

      <nav aria-label="Main" className="flex border-t border-line bg-panel pb-[env(safe-area-inset-bottom)] md:hidden">
        {visible
          .filter(({ group }) => group === 'work')
          .map((item) => (
            <TabLink key={item.to} item={item} badge={badge(item.to)} />
          ))}
        <AccountMenu
          session={session}
          onHelp={() => setHelp(true)}
          first={[
            { label: 'Go to…', icon: <Search size={14} />, onSelect: () => setPalette(true) },
            ...visible
              .filter(({ group }) => group !== 'work')
              .map(({ to, label, icon: Icon }) => ({ label, icon: <Icon size={14} />, onSelect: () => void navigate({ to }) })),
            null,
          ]}
          trigger={
            <button type="button" className="flex flex-1 flex-col items-center gap-0.5 pt-2 pb-1.5 text-micro text-ink-2">
              <Ellipsis size={18} aria-hidden />
              More
            </button>
          }
        />
      </nav>

      <Suspense>{palette && <Palette open onClose={() => setPalette(false)} destinations={visible} />}</Suspense>
      <KeysDialog open={help} onClose={() => setHelp(false)} />
    </div>
  )
}

function Badge({ count }: { readonly count: string }) {
  return (
    <span className="rounded-full bg-wait-wash px-1.5 text-micro font-medium text-wait tabular">
      {count}
      <span className="sr-only"> waiting</span>
    </span>
  )
}

function NavGroup({ items, badge }: { readonly items: readonly Destination[]; readonly badge: (to: string) => string | null }) {
  return (
    <ul className="space-y-px">
      {items.map(({ to, label, icon: Icon }) => {
        const count = badge(to)
        return (
          <li key={to}>
            <Link
              to={to}
              className="group relative flex h-8 items-center gap-2.5 rounded-control px-2 text-body text-ink-2 transition-colors hover:bg-hover hover:text-ink data-[status=active]:bg-panel data-[status=active]:font-medium data-[status=active]:shadow-[0_0_0_1px_var(--line)] data-[status=active]:text-ink"
            >
              <span
                aria-hidden
                className="absolute top-2 bottom-2 -left-3 w-0.5 rounded-full bg-accent opacity-0 group-data-[status=active]:opacity-100"
              />
              <Icon size={15} strokeWidth={1.75} aria-hidden className="text-ink-3 group-data-[status=active]:text-accent" />
              <span className="flex-1">{label}</span>
              {count && <Badge count={count} />}
            </Link>
          </li>
        )
      })}
    </ul>
  )
}

function TabLink({ item: { to, label, icon: Icon }, badge }: { readonly item: Destination; readonly badge: string | null }) {
  return (
    <Link
      to={to}
      className={cx(
        'relative flex flex-1 flex-col items-center gap-0.5 pt-2 pb-1.5 text-micro text-ink-2',
        'data-[status=active]:text-accent data-[status=active]:font-medium',
      )}
    >
      <Icon size={18} strokeWidth={1.75} aria-hidden />
      {label}
      {badge && (
        <span className="absolute top-1 left-1/2 ml-1.5 grid h-4 min-w-4 place-items-center rounded-full bg-wait px-1 text-micro text-on-ink">
          {badge}
        </span>
      )}
    </Link>
  )
}
