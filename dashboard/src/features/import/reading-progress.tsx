import { useEffect, useRef } from 'react'
import type { ImportProgress } from '../../api/types.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { checkStates, Mark } from '../../ui/status.tsx'

const stages: readonly ImportProgress['stage'][] = ['read', 'fetched', 'parsed', 'operations']

/** How far the gateway is with a document, and the way to stop it. */
export function ReadingProgress({
  progress,
  onCancel,
}: {
  readonly progress: ImportProgress | null
  readonly onCancel: () => void
}) {
  const box = useRef<HTMLElement>(null)
  // It takes the place of the field that had the focus.
  useEffect(() => box.current?.focus(), [])
  const at = progress ? stages.indexOf(progress.stage) : -1
  const { done = 0, total = 0 } = progress ?? {}
  const lines = [
    { words: 'The gateway has the document', stage: 0 },
    { words: 'Parsed, with all that it refers to', stage: 2 },
    {
      words: at === 3 ? `${formatCount(done)} of ${plural(total, 'operation')}` : 'Operations become actions',
      stage: 3,
    },
  ]
  return (
    <section
      ref={box}
      tabIndex={-1}
      aria-label="Reading the document"
      className="max-w-3xl animate-appear rounded-panel border border-line bg-panel p-5 outline-none"
    >
      <ul className="space-y-2">
        {lines.map(({ words, stage }, index) => {
          const before = lines[index - 1]?.stage ?? -1
          const isDone = stage === 3 ? at === 3 && done === total : at >= stage
          const state = isDone ? checkStates.passed : at >= before ? checkStates.running : checkStates.skipped
          return (
            <li key={stage} className="flex items-center gap-2.5 tabular">
              <Mark state={state} className={state === checkStates.running ? 'animate-turn' : ''} />
              {words}
              <span className="sr-only">: {state.words}</span>
            </li>
          )
        })}
      </ul>
      <div
        role="progressbar"
        aria-label="Operations"
        aria-valuemin={0}
        aria-valuemax={total || 1}
        aria-valuenow={at === 3 ? done : 0}
        className="mt-4 h-1 overflow-hidden rounded-full bg-sunken"
      >
        <div className="h-full bg-strong" style={{ width: `${at === 3 && total > 0 ? (100 * done) / total : 0}%` }} />
      </div>
      <Button className="mt-4" onClick={onCancel}>
        Cancel
      </Button>
    </section>
  )
}
