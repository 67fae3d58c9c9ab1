import { Link } from '@tanstack/react-router'
import { ChevronRight, Trash2 } from 'lucide-react'
import type { Recording } from '../../api/types.ts'
import { cx } from '../../lib/cx.ts'
import { formatBytes, formatFull } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { Chip, Method } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'

/** Height of a closed row on a wide screen, in pixels; open ones measure themselves. */
export const recordingRowHeight = 42

const columns = 'md:grid md:grid-cols-[1rem_minmax(0,1fr)_minmax(0,1fr)_10rem_6rem_7rem] md:gap-x-5'

export const RecordingRowHeader = () => (
  <div aria-hidden className={`hidden border-b border-line bg-bg px-8 py-1.5 caption ${columns}`}>
    <span />
    <span>Action</span>
    <span>Request</span>
    <span>Answer</span>
    <span>Size</span>
    <span>Recorded</span>
  </div>
)

interface RowProps {
  readonly recording: Recording
  readonly open: boolean
  readonly onToggle: () => void
  readonly onDelete: () => void
}

/** One recorded call; opened, its input and its answer. */
export function RecordingRow({ recording, open, onToggle, onDelete }: RowProps) {
  const { connector, action, method, url, status, error_code, stale, bytes, recorded_at } = recording
  return (
    <div className={cx('border-b border-line', open && 'bg-panel')}>
      <button
        type="button"
        data-row-main
        data-focus-inset
        aria-expanded={open}
        onClick={onToggle}
        className={`flex min-h-[42px] w-full flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2 text-left transition-colors hover:bg-hover md:px-8 md:py-0 ${columns}`}
      >
        <ChevronRight size={13} aria-hidden className={cx('shrink-0 text-ink-3 transition-transform', open && 'rotate-90')} />
        <span className="min-w-0 flex-1 truncate">
          <span className="text-ink-3">{connector}.</span>
          <span className="font-medium">{action}</span>
        </span>
        <span className="flex min-w-0 items-baseline max-md:order-last max-md:w-full max-md:pl-6">
          {method && <Method method={method} className="w-auto pr-1.5" />}
          <code className="truncate text-small text-ink-3">{url ?? 'a command'}</code>
        </span>
        <span className="flex items-center gap-2">
          <span className={cx('tabular', error_code ? 'text-bad' : 'text-ink-2')} title={error_code ?? undefined}>
            {status ?? (error_code ? 'failed' : 'done')}
          </span>
          {stale && <Chip tone="warn">stale</Chip>}
        </span>
        <span className="hidden text-ink-2 tabular md:block">{formatBytes(bytes)}</span>
        <span className="hidden text-ink-2 md:block">
          <Ago at={recorded_at} />
        </span>
      </button>
      {open && <RecordingDetail recording={recording} onDelete={onDelete} />}
    </div>
  )
}

function RecordingDetail({ recording, onDelete }: Pick<RowProps, 'recording' | 'onDelete'>) {
  const { connector, connector_version, action, stale, recorded_at, error_code, input, answer } = recording
  return (
    <div className="space-y-4 px-4 pt-1 pb-5 md:pr-8 md:pl-17">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <p className="max-w-prose text-ink-2">
          Recorded {formatFull(recorded_at)} from {connector} {connector_version}
          {error_code && (
            <>
              , which answered with <code className="text-bad">{error_code}</code>
            </>
          )}
          .
          {stale && (
            <span className="block text-warn">
              The action is another now than it was, or gone. Replaying this is refused: record it anew.
            </span>
          )}
        </p>
        <span className="flex gap-2">
          <Link
            to="/tools/$connector/$action"
            params={{ connector, action }}
            className="self-center text-small text-accent hover:underline"
          >
            Open the action
          </Link>
          <Button size="small" look="danger" icon={<Trash2 size={13} />} onClick={onDelete}>
            Delete recording
          </Button>
        </span>
      </div>
      <div className="grid gap-4 lg:grid-cols-2">
        <div className="min-w-0">
          <h2 className="caption mb-1">Input</h2>
          <JsonView value={input} label="the input" />
        </div>
        <div className="min-w-0">
          <h2 className="caption mb-1">Answer</h2>
          <JsonView value={answer} label="the answer" depth={3} />
        </div>
      </div>
    </div>
  )
}
