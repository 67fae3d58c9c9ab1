import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { cx } from '../lib/cx.ts'
import { CopyButton } from './copy-button.tsx'

/** Entries of one array or object shown at once; a button brings more. */
const portion = 100
/** Longer texts are cut until someone opens them. */
const longText = 400

interface JsonViewProps {
  readonly value: unknown
  readonly label: string
  /** Levels that are open at first. */
  readonly depth?: number
  /** Without a frame of its own, as a part of one. */
  readonly flush?: boolean
}

/** JSON as a tree that opens level by level, so that a megabyte costs no more than what is on the screen. */
export function JsonView({ value, label, depth = 2, flush }: JsonViewProps) {
  return (
    <div className={cx('group/json relative bg-sunken', flush ? 'border-t border-line' : 'rounded-panel border border-line')}>
      <div className="absolute top-1 right-1 z-1">
        <CopyButton value={typeof value === 'string' ? value : JSON.stringify(value, null, 2)} label={`Copy ${label}`} />
      </div>
      <div
        role="region"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        data-focus-inset
        className="max-h-112 overflow-auto rounded-[inherit] px-3 py-2.5 pr-10 font-mono text-small coarse:leading-7"
      >
        <Node value={value} depth={depth} />
      </div>
    </div>
  )
}

function Node({
  name,
  value,
  depth,
  last = true,
}: {
  readonly name?: string
  readonly value: unknown
  readonly depth: number
  readonly last?: boolean
}) {
  const branch = typeof value === 'object' && value !== null
  const comma = last ? '' : ','
  if (!branch)
    return (
      <div className="pl-4">
        <Name name={name} />
        <Leaf value={value} />
        {comma}
      </div>
    )
  return <Branch name={name} value={value} depth={depth} comma={comma} />
}

function Branch({
  name,
  value,
  depth,
  comma,
}: {
  readonly name?: string | undefined
  readonly value: object
  readonly depth: number
  readonly comma: string
}) {
  const [open, setOpen] = useState(depth > 0)
  const [shown, setShown] = useState(portion)
  const list = Array.isArray(value)
  const entries: readonly (readonly [string, unknown])[] = list
    ? value.map((item, index) => [String(index), item] as const)
    : Object.entries(value)
  const [before, after] = list ? ['[', ']'] : ['{', '}']
  if (entries.length === 0)
    return (
      <div className="pl-4">
        <Name name={name} />
        {before}
        {after}
        {comma}
      </div>
    )
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="-ml-0.5 min-w-6 rounded-chip text-left hover:bg-hover"
      >
        <ChevronRight
          size={11}
          aria-hidden
          className={cx('mr-1 inline-block text-ink-3 transition-transform duration-100', open && 'rotate-90')}
        />
        <Name name={name} />
        {before}
        {!open && (
          <span className="text-ink-3">
            {' '}
            {entries.length} {list ? 'items' : 'fields'} {after}
            {comma}
          </span>
        )}
      </button>
      {open && (
        <>
          <div className="ml-1 border-l border-line pl-2">
            {entries.slice(0, shown).map(([key, item], index) => (
              <Node
                key={key}
                {...(list ? {} : { name: key })}
                value={item}
                depth={depth - 1}
                last={index === entries.length - 1}
              />
            ))}
            {entries.length > shown && (
              <button
                type="button"
                onClick={() => setShown(shown + portion * 5)}
                className="ml-4 rounded-chip text-accent hover:underline"
              >
                {entries.length - shown} more
              </button>
            )}
          </div>
          <div className="pl-4">
            {after}
            {comma}
          </div>
        </>
      )}
    </div>
  )
}

function Name({ name }: { readonly name?: string | undefined }) {
  return name === undefined ? null : <span className="text-accent">{JSON.stringify(name)}: </span>
}

function Leaf({ value }: { readonly value: unknown }) {
  const [whole, setWhole] = useState(false)
  if (typeof value !== 'string')
    return <span className={typeof value === 'number' ? 'text-ink' : 'text-warn'}>{String(value)}</span>
  const cut = value.length > longText && !whole
  return (
    <span className="break-words whitespace-pre-wrap text-ok">
      {JSON.stringify(cut ? value.slice(0, longText) : value).slice(0, cut ? -1 : undefined)}
      {cut && (
        <button type="button" onClick={() => setWhole(true)} className="rounded-chip text-accent hover:underline">
          … {value.length - longText} more characters
        </button>
      )}
    </span>
  )
}
