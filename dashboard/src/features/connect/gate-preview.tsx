import { authLabelOf, effectOf, serverUrlOf } from '../../lib/connector-document.ts'
import { EffectMark, Method } from '../../ui/status.tsx'
import { type Draft, schemeOf } from './draft.ts'

/** Actions named in the picture. */
const named = 5

/** What is being built, as the gate: the names agents will use at one door, the key inside, the API at the other. */
export function GatePreview({ draft }: { readonly draft: Draft }) {
  const { document, selected, environment } = draft
  const scheme = schemeOf(draft)
  const url = serverUrlOf(document, environment)
  const actions = Object.entries(document.actions).filter(([name]) => selected.has(name))
  const slug = document.connector || '…'
  return (
    <div className="sticky top-0 flex flex-col items-stretch text-small">
      <section className="rounded-panel border border-line bg-panel p-3.5">
        <h2 className="caption mb-1.5">Agents see</h2>
        {actions.length === 0 ? (
          <code className="text-ink-3">custom.{slug}.…</code>
        ) : (
          <ul className="space-y-1">
            {actions.slice(0, named).map(([name, action]) => (
              <li key={name} className="flex items-center gap-2">
                <code className="min-w-0 flex-1 truncate">
                  <span className="text-ink-3">custom.{slug}.</span>
                  {name}
                </code>
                <EffectMark effect={effectOf(action)} bare />
              </li>
            ))}
          </ul>
        )}
        {actions.length > named && <p className="mt-1 text-ink-3">and {actions.length - named} more</p>}
      </section>
      <svg viewBox="0 0 120 104" width="120" height="104" aria-hidden className="mx-auto">
        <path d="M38 0v22c0 14 44 44 44 60v22" fill="none" stroke="var(--edge)" strokeWidth="1.5" strokeDasharray="3 4" />
        <g stroke="var(--ink-2)" strokeWidth="5" strokeLinecap="round">
          <path d="M52 26h42M26 78h42" />
        </g>
        <g stroke="var(--line)" strokeWidth="5" strokeLinecap="round">
          <path d="M22 26h4M94 78h4" />
        </g>
        <circle
          cx="60"
          cy="52"
          r="8"
          fill={scheme && scheme.type !== 'none' ? 'var(--accent)' : 'var(--panel)'}
          stroke={scheme && scheme.type !== 'none' ? 'var(--bg)' : 'var(--edge)'}
          strokeWidth="2"
        />
      </svg>
      <p className="relative -mt-[62px] mb-[44px] ml-[calc(50%+1.4rem)] truncate text-ink-2">
        {scheme ? authLabelOf(scheme) : 'no credential'}
      </p>
      <section className="rounded-panel border border-line bg-panel p-3.5">
        <h2 className="caption mb-1.5">The API sees</h2>
        {url ? <code className="break-all">{url}</code> : <code className="text-ink-3">https://…</code>}
        {actions[0] && (
          <p className="mt-1 flex items-baseline text-ink-3">
            <Method method={actions[0][1].method} className="w-auto pr-1.5" />
            <code className="truncate">{actions[0][1].path}</code>
          </p>
        )}
      </section>
    </div>
  )
}
