import { ChevronRight } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { ImportReport } from '../../api/types.ts'
import { cx } from '../../lib/cx.ts'
import { formatCount } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { SearchInput } from '../../ui/field.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { Mark, type State } from '../../ui/status.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'

type Entry = ImportReport['entries'][number]
type Line =
  | { readonly kind: 'group'; readonly code: Entry['code']; readonly level: Entry['level']; readonly count: number }
  | { readonly kind: 'entry'; readonly entry: Entry }

const levels: Record<Entry['level'], State> = {
  skipped: { shape: 'slash', tone: 'warn', words: 'left out' },
  warning: { shape: 'triangle', tone: 'warn', words: 'to check' },
  adjusted: { shape: 'half', tone: 'idle', words: 'adjusted' },
}
const order: readonly Entry['level'][] = ['skipped', 'warning', 'adjusted']

/** As many entries are shown without being asked for. */
const openUpTo = 30

const wordsOf = (code: string): string => {
  const words = code.replaceAll('_', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}
const keyOf = (line: Line): string =>
  line.kind === 'group' ? line.code : `${line.entry.code} ${line.entry.pointer} ${line.entry.operation} ${line.entry.message}`

/** Groups by what happened, what was left out first; the entries of those that are open. */
function linesOf(entries: readonly Entry[], isOpen: (code: string) => boolean): readonly Line[] {
  const groups = new Map<Entry['code'], Entry[]>()
  for (const entry of entries) {
    const group = groups.get(entry.code)
    if (group) group.push(entry)
    else groups.set(entry.code, [entry])
  }
  return order.flatMap((level) =>
    [...groups].flatMap(([code, group]): readonly Line[] =>
      group[0]?.level !== level
        ? []
        : [
            { kind: 'group', code, level, count: group.length },
            ...(isOpen(code) ? group.map((entry): Line => ({ kind: 'entry', entry })) : []),
          ],
    ),
  )
}

interface ImportReportListProps {
  readonly report: ImportReport
  readonly text: string
  readonly setText: (text: string) => void
}

/** Everything that the import changed or left out: nothing is lost silently. */
export function ImportReportList({ report, text, setText }: ImportReportListProps) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const words = text.trim().toLowerCase()
  const entries = useMemo(
    () =>
      words
        ? report.entries.filter(({ operation, message, pointer, code }) =>
            `${operation} ${message} ${pointer} ${code}`.toLowerCase().includes(words),
          )
        : report.entries,
    [report, words],
  )
  const openAtFirst = entries.length <= openUpTo
  const lines = useMemo(() => linesOf(entries, (code) => toggled.has(code) !== openAtFirst), [entries, toggled, openAtFirst])
  if (report.entries.length === 0)
    return <EmptyState title="Nothing was adjusted">Everything in the document is taken over as it is written.</EmptyState>
  const toggle = (code: string) => {
    const next = new Set(toggled)
    if (!next.delete(code)) next.add(code)
    setToggled(next)
  }
  return (
    <>
      <div className="flex items-center gap-3 border-b border-line px-4 py-3 md:px-6">
        <SearchInput
          label="Search the report"
          value={text}
          onChange={({ target }) => setText(target.value)}
          className="w-full sm:w-72"
        />
        <span className="text-small text-ink-3 tabular">{formatCount(entries.length)}</span>
      </div>
      {lines.length === 0 ? (
        <EmptyState title="Nothing matches" actions={<Button onClick={() => setText('')}>Clear the search</Button>} />
      ) : (
        <VirtualList
          label="Import report"
          items={lines}
          keyOf={keyOf}
          rowHeight={44}
          row={(line) =>
            line.kind === 'group' ? (
              <Group line={line} open={toggled.has(line.code) !== openAtFirst} onToggle={() => toggle(line.code)} />
            ) : (
              <EntryRow entry={line.entry} />
            )
          }
        />
      )}
    </>
  )
}

interface GroupProps {
  readonly line: Extract<Line, { kind: 'group' }>
  readonly open: boolean
  readonly onToggle: () => void
}

function Group({ line: { code, level, count }, open, onToggle }: GroupProps) {
  return (
    <button
      type="button"
      data-row-main
      data-focus-inset
      aria-expanded={open}
      onClick={onToggle}
      className="flex h-10 w-full items-center gap-2.5 border-b border-line bg-sunken px-4 text-left md:px-6"
    >
      <ChevronRight size={13} aria-hidden className={cx('shrink-0 text-ink-3 transition-transform', open && 'rotate-90')} />
      <Mark state={levels[level]} size={11} />
      <span className="min-w-0 flex-1 truncate font-medium">{wordsOf(code)}</span>
      <span className="text-small text-ink-2">{levels[level].words}</span>
      <span className="w-14 text-right text-small text-ink-3 tabular">{formatCount(count)}</span>
    </button>
  )
}

const EntryRow = ({ entry: { message, operation, pointer } }: { readonly entry: Entry }) => (
  <div className="border-b border-line py-2 pr-4 pl-10 md:pr-6 md:pl-16">
    <p>{message}</p>
    <p className="text-micro break-all text-ink-3">
      {operation ? <code>{operation}</code> : 'The whole document'} · <code>{pointer || '/'}</code>
    </p>
  </div>
)
