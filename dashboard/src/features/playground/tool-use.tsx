import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { queries } from '../../api/queries.ts'
import type { ChatToolCall, ChatToolResult } from '../../api/types.ts'
import { cx } from '../../lib/cx.ts'
import { formatDuration } from '../../lib/format.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { ErrorNotice, Skeleton } from '../../ui/states.tsx'
import { callStates, Mark, type State } from '../../ui/status.tsx'
import { ExpiryLeft } from '../approvals/expiry.tsx'
import { TraceTimeline } from '../calls/trace-timeline.tsx'
import { RequestView } from '../tools/request-view.tsx'
import { waits } from './conversation.ts'

const uncalled: State = { shape: 'slash', tone: 'idle', words: 'Nothing was called' }
const unknown: State = { shape: 'ring', tone: 'idle', words: 'Stopped' }

function stateOf(result: ChatToolResult | undefined, running: boolean): State {
  if (result === undefined) return running ? callStates.started : unknown
  return result.call === undefined ? uncalled : callStates[result.call.status]
}

interface ToolUseProps {
  readonly use: ChatToolCall
  readonly result: ChatToolResult | undefined
  readonly running: boolean
}

/** One call of a tool: what it was given, how it ended and how long that took; opened, the answer and the way through the gate. */
export function ToolUse({ use, result, running }: ToolUseProps) {
  const [open, setOpen] = useState(false)
  const state = stateOf(result, running)
  const call = result?.call
  const waiting = result !== undefined && waits(result)
  return (
    <section aria-label={use.name} className="overflow-hidden rounded-panel border border-line bg-panel">
      <div className="flex min-h-9 items-center gap-2 pr-3">
        <button
          type="button"
          data-focus-inset
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex min-w-0 flex-1 items-center gap-2 py-2 pl-2.5 text-left hover:bg-hover"
        >
          <ChevronRight size={13} aria-hidden className={cx('shrink-0 text-ink-3 transition-transform', open && 'rotate-90')} />
          <Mark state={state} />
          <code className="max-w-full shrink-0 truncate font-medium">{use.name}</code>
          <code className="min-w-0 truncate text-small text-ink-3">{JSON.stringify(use.input ?? {})}</code>
        </button>
        <span className="shrink-0 text-small whitespace-nowrap text-ink-2">
          {state.words}
          {call && !waiting && <span className="tabular text-ink-3"> · {formatDuration(call.duration_ms)}</span>}
        </span>
        {call && (
          <Link
            to="/calls/$callId"
            params={{ callId: call.id }}
            className="shrink-0 text-small text-accent hover:underline coarse:py-2"
            aria-label={`The record of ${use.name}`}
          >
            Trace
          </Link>
        )}
      </div>
      {waiting && call?.approval_id && <Waiting approvalId={call.approval_id} />}
      {open && (
        <div className="space-y-3 border-t border-line p-3">
          <Part title="Input" value={use.input ?? 'The arguments were no JSON.'} />
          {result && <Part title="What the model read" value={readable(result.text)} />}
          {call && !waiting && <Way id={call.id} />}
        </div>
      )}
    </section>
  )
}

/** The text as JSON where it is that. */
function readable(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const Part = ({ title, value }: { readonly title: string; readonly value: unknown }) => (
  <div>
    <h3 className="caption mb-1">{title}</h3>
    {typeof value === 'string' ? (
      <pre className="max-h-80 overflow-auto rounded-panel border border-line bg-sunken px-3 py-2 text-small whitespace-pre-wrap">
        {value}
      </pre>
    ) : (
      <JsonView value={value} label={title.toLowerCase()} depth={3} />
    )}
  </div>
)

function Way({ id }: { readonly id: string }) {
  const { data } = useQuery(queries.call(id))
  if (!data || data.trace.length === 0) return null
  return (
    <div>
      <h3 className="caption mb-1.5">Way through the gate</h3>
      <TraceTimeline trace={data.trace} total={data.duration_ms} />
    </div>
  )
}

/** The request that waits, in full. Whoever asked decides nothing here: nobody approves their own call. */
function Waiting({ approvalId }: { readonly approvalId: string }) {
  const { data, error } = useQuery(queries.approval(approvalId))
  if (!data) return error ? <ErrorNotice error={error} className="m-3" /> : <Skeleton className="m-3 h-20" />
  return (
    <div className="space-y-3 border-t border-line bg-wait-wash p-3">
      <p>
        <b className="font-semibold">Waits for another person.</b> Nothing was sent. A manager who is not you decides on exactly
        this request; the conversation goes on by itself then. <ExpiryLeft at={data.expires_at} />.
      </p>
      <div className="rounded-panel bg-panel">
        <RequestView request={data.request} whole />
      </div>
      <ButtonLink size="small" to="/approvals/$approvalId" params={{ approvalId }} target="_blank">
        Open the approval
      </ButtonLink>
    </div>
  )
}
