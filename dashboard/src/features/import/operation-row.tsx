import { Pencil } from 'lucide-react'
import { type Dispatch, useState } from 'react'
import { cx } from '../../lib/cx.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { plainText } from '../../lib/plain-text.ts'
import { IconButton } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/choice.tsx'
import { Input } from '../../ui/field.tsx'
import { Chip, EffectMark, Mark, Method, type State } from '../../ui/status.tsx'
import { type Item, isPossible, nameOf, type OperationState, type Review, type ReviewChange, renameProblem } from './review.ts'

export const operationRowHeight = 46

const states: Record<Exclude<OperationState, 'taken'>, State> = {
  adjusted: { shape: 'half', tone: 'idle', words: 'Adjusted' },
  left_out: { shape: 'slash', tone: 'warn', words: 'Left out' },
}

interface OperationRowProps {
  readonly item: Item
  readonly review: Review
  readonly change: Dispatch<ReviewChange>
  readonly showReason: boolean
  readonly renaming: boolean
  readonly setRenaming: (action: string | null) => void
  readonly onNotes: (action: string) => void
}

/** An operation: its whole row chooses it, F2 or the pencil renames it, its mark leads to what the report says. */
export function OperationRow({ item, review, change, showReason, renaming, setRenaming, onNotes }: OperationRowProps) {
  const { operation, state, reason } = item
  const { action, method, path, title, tags, effect, deprecated, problem, tokens, notes = 0 } = operation
  const name = nameOf(review, action)
  const possible = isPossible(item)
  const second = (showReason && reason) || plainText(title)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a key of the row's controls
    <div
      className="relative flex h-[46px] items-center gap-3 border-b border-line px-4 transition-colors hover:bg-hover md:px-6"
      onKeyDown={(event) => {
        if (event.key !== 'F2' || !possible) return
        event.preventDefault()
        setRenaming(action)
      }}
    >
      <Checkbox
        bare
        row
        label={`Choose ${name}`}
        checked={review.selected.has(action)}
        disabled={!possible}
        onChange={(on) => change({ kind: 'select', actions: [action], on })}
      />
      <Method method={method} className="max-sm:hidden" />
      <div className="min-w-0 flex-1 items-center gap-4 leading-tight xl:grid xl:grid-cols-[minmax(0,5fr)_minmax(0,4fr)]">
        <div className="min-w-0">
          {renaming ? (
            <Rename review={review} action={action} change={change} onDone={() => setRenaming(null)} />
          ) : (
            <span className={cx('block truncate', deprecated && 'text-ink-3 line-through')}>
              {name}
              {name !== action && <span className="text-small text-ink-3"> was {action}</span>}
            </span>
          )}
          {!renaming && (
            <span className={cx('block truncate text-micro', problem ? 'text-warn' : 'text-ink-3')}>
              {problem ?? (second || <code>{path}</code>)}
            </span>
          )}
        </div>
        <code className="hidden min-w-0 truncate text-small text-ink-3 xl:block" title={path}>
          {path}
        </code>
      </div>
      <span className={cx('hidden w-28 min-w-0', !showReason && 'lg:flex')}>
        {tags[0] && <Chip className="min-w-0 shrink truncate">{tags[0]}</Chip>}
      </span>
      <span
        className="hidden w-16 justify-end text-small text-ink-3 tabular lg:flex"
        title="Tokens in the context of a model, as a tool"
      >
        {tokens !== undefined && formatCount(tokens)}
        <span className="sr-only"> tokens</span>
      </span>
      <span className="flex w-16 sm:w-20">
        {state !== 'taken' && (
          <button
            type="button"
            onClick={() => onNotes(action)}
            title={`${plural(notes, 'note')} in the report`}
            className="relative z-1 inline-flex min-h-6 items-center gap-1 text-small text-ink-2 hover:text-ink hover:underline coarse:min-h-9"
          >
            <Mark state={states[state]} size={11} />
            {states[state].words}
            <span className="sr-only">: {plural(notes, 'note')}</span>
          </button>
        )}
      </span>
      <span className="flex w-18 max-sm:w-auto">
        <EffectMark effect={effect} />
      </span>
      <span className="relative z-1 w-7 coarse:w-9">
        {possible && (
          <IconButton size="small" label={`Rename ${name}`} onClick={() => setRenaming(action)}>
            <Pencil size={13} />
          </IconButton>
        )}
      </span>
    </div>
  )
}

interface RenameProps extends Pick<OperationRowProps, 'review' | 'change'> {
  readonly action: string
  readonly onDone: () => void
}

function Rename({ review, action, change, onDone }: RenameProps) {
  const [name, setName] = useState(() => nameOf(review, action))
  const problem = renameProblem(review, action, name)
  const finish = (row: Element | null) => {
    onDone()
    // The field goes; whoever uses the keyboard goes on in its row.
    requestAnimationFrame(() => row?.querySelector<HTMLElement>('[data-row-main]')?.focus())
  }
  return (
    <span className="relative z-1 flex items-center gap-2">
      <Input
        mono
        autoFocus
        aria-label={`New name of ${action}`}
        aria-invalid={problem !== null}
        maxLength={64}
        value={name}
        onValueChange={setName}
        onFocus={({ currentTarget }) => currentTarget.select()}
        onBlur={() => {
          if (problem === null) change({ kind: 'rename', action, name })
          onDone()
        }}
        onKeyDown={(event) => {
          const row = event.currentTarget.closest('[data-index]')
          if (event.key === 'Escape') {
            // Blurring must not keep what is given up.
            setName(nameOf(review, action))
            finish(row)
          } else if (event.key === 'Enter' && problem === null) {
            change({ kind: 'rename', action, name })
            finish(row)
          } else return
          event.preventDefault()
          event.stopPropagation()
        }}
        className="h-7 max-w-72"
      />
      <span role="status" className="truncate text-small text-bad">
        {problem}
      </span>
    </span>
  )
}
