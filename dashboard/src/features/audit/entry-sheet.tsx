import type { AuditEntry } from '../../api/types.ts'
import { formatFull } from '../../lib/format.ts'
import type { AuditSearch } from '../../search.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Sheet } from '../../ui/overlay.tsx'
import { Facts } from '../../ui/page.tsx'
import { kindWords } from './kinds.ts'

interface EntrySheetProps {
  readonly entry: AuditEntry
  readonly onClose: () => void
  readonly onFilter: (next: Partial<AuditSearch>) => void
}

/** One entry: who, from where, to what, and what changed. */
export function EntrySheet({ entry, onClose, onFilter }: EntrySheetProps) {
  const { seq, at, kind, actor, target, ip, reason, hash } = entry
  return (
    <Sheet
      onClose={onClose}
      label="Entry"
      header={
        <>
          <h2 className="text-lead font-semibold">{kindWords[kind] ?? kind}</h2>
          <div className="mt-0.5 text-small text-ink-3">
            #{seq}, {formatFull(at)}
          </div>
        </>
      }
    >
      <div className="space-y-5 p-5">
        <Facts
          items={[
            ['Who', `${actor.name} (${actor.kind})`],
            ['To', `${target.name} (${target.kind})`],
            ip === null ? null : ['From', ip],
            reason === null ? null : ['Reason', reason],
            ['Kind', <code key="kind">{kind}</code>],
            [
              'Hash',
              <span key="hash" className="flex items-center gap-1">
                <code className="truncate">{hash}</code>
                <CopyButton value={hash} label="Copy hash" />
              </span>,
            ],
          ]}
        />
        <Changes before={entry.before} after={entry.after} />
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => onFilter({ actor: actor.id })}>Everything {actor.name} did</Button>
          <Button onClick={() => onFilter({ target: target.id })}>Everything done to {target.name}</Button>
        </div>
      </div>
    </Sheet>
  )
}

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
const shown = (value: unknown): string =>
  value === undefined || value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value)

/** Before and after, a line for each part; those that stayed are faint. */
function Changes({ before, after }: { readonly before: unknown; readonly after: unknown }) {
  const [was, is] = [membersOf(before), membersOf(after)]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  if (names.length === 0) return null
  return (
    <table className="w-full table-fixed border-collapse text-left">
      <thead>
        <tr className="caption border-b border-line">
          <th className="w-32 py-1.5 font-[inherit]">Part</th>
          <th className="py-1.5 font-[inherit]">Before</th>
          <th className="py-1.5 font-[inherit]">After</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => {
          const [old, now] = [shown(was[name]), shown(is[name])]
          const same = old === now
          return (
            <tr key={name} className="border-b border-line align-top">
              <td className="py-1.5 pr-3 text-ink-3">{name}</td>
              <td className={`py-1.5 pr-3 wrap-anywhere ${same ? 'text-ink-3' : 'text-bad'}`}>{old}</td>
              <td className={`py-1.5 wrap-anywhere ${same ? 'text-ink-3' : 'text-ok'}`}>{now}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
