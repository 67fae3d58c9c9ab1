import { useQuery } from '@tanstack/react-query'
import { ArrowUp, Square } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useId, useState } from 'react'
import { queries } from '../../api/queries.ts'
import { cx } from '../../lib/cx.ts'
import { useDebounced } from '../../lib/use-debounced.ts'
import { Button } from '../../ui/button.tsx'
import { controlClass } from '../../ui/field.tsx'
import { EffectMark } from '../../ui/status.tsx'
import { mentionAt } from './conversation.ts'

interface ComposerProps {
  readonly text: string
  readonly setText: (text: string) => void
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly toolset: string
  readonly running: boolean
  readonly waiting: boolean
  readonly onSend: () => void
  readonly onStop: () => void
}

/** What the person says. After @ it offers the tools that they may call; Enter sends. */
export function Composer({ text, setText, field, toolset, running, waiting, onSend, onStop }: ComposerProps) {
  const list = useId()
  const [cursor, setCursor] = useState(0)
  const [chosen, setChosen] = useState(0)
  const [dismissed, setDismissed] = useState<number | null>(null)
  const mention = mentionAt(text, cursor)
  const typed = useDebounced(mention?.typed ?? '', 120)
  const found = useQuery({ ...queries.mentionable(toolset, typed), enabled: mention !== null })
  // Names that hold what is typed come at once; other matches of the search once it has answered just that.
  const named = (found.data ?? []).filter(({ name }) => name.includes(mention?.typed ?? ''))
  const isSettled = typed === mention?.typed && !found.isPlaceholderData
  const data = named.length > 0 ? named : isSettled ? (found.data ?? []) : []
  const open = mention !== null && mention.start !== dismissed && data.length > 0
  const active = Math.min(chosen, data.length - 1)

  const note = (at: number) => {
    setCursor(at)
    setChosen(0)
  }
  const take = (name: string) => {
    if (mention === null) return
    const before = `${text.slice(0, mention.start)}@${name} `
    const rest = text.slice(cursor).replace(/^ /, '')
    setText(before + rest)
    note(before.length)
    // Once React has written the text.
    requestAnimationFrame(() => {
      field.current?.focus()
      field.current?.setSelectionRange(before.length, before.length)
    })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (open && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault()
      setChosen((active + (event.key === 'ArrowDown' ? 1 : data.length - 1)) % data.length)
    } else if (open && (event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) {
      event.preventDefault()
      const tool = data[active]
      if (tool) take(tool.name)
    } else if (open && event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      setDismissed(mention.start)
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      if (!running && text.trim()) onSend()
    }
  }

  return (
    <form
      className="shrink-0 border-t border-line px-4 py-3 md:px-8"
      onSubmit={(event) => {
        event.preventDefault()
        if (!running && text.trim()) onSend()
      }}
    >
      <div className="relative mx-auto max-w-3xl">
        {open && (
          <div
            id={list}
            role="listbox"
            aria-label="Tools"
            className="absolute bottom-full left-0 z-10 mb-1 max-h-72 w-full overflow-y-auto rounded-panel border border-line bg-panel p-1 shadow-lift"
          >
            {data.map((tool, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the text field takes the keys
              <div
                key={tool.name}
                id={`${list}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === active}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => take(tool.name)}
                className={cx(
                  'flex items-baseline gap-3 rounded-control px-2 py-1.5 hover:bg-hover coarse:py-2.5',
                  index === active && 'bg-hover',
                )}
              >
                <code className="min-w-0 truncate">{tool.name}</code>
                <span className="ml-auto shrink-0">
                  <EffectMark effect={tool.effect} />
                </span>
              </div>
            ))}
          </div>
        )}
        <div className="flex items-end gap-2">
          <textarea
            ref={field}
            aria-label="Message"
            aria-controls={open ? list : undefined}
            aria-autocomplete="list"
            aria-activedescendant={open ? `${list}-${active}` : undefined}
            rows={2}
            maxLength={20_000}
            value={text}
            placeholder={waiting ? 'A call waits for another person' : 'Ask for something. Type @ to name a tool'}
            onChange={({ target }) => {
              setText(target.value)
              note(target.selectionStart)
              setDismissed(null)
            }}
            onSelect={({ currentTarget }) => {
              if (currentTarget.selectionStart !== cursor) note(currentTarget.selectionStart)
            }}
            onKeyDown={onKeyDown}
            className={cx(controlClass, 'field-sizing-content h-auto max-h-48 min-h-14 min-w-0 flex-1 resize-none py-2')}
          />
          {running ? (
            <Button icon={<Square size={12} fill="currentColor" aria-hidden />} onClick={onStop}>
              Stop
            </Button>
          ) : (
            <Button type="submit" look="primary" icon={<ArrowUp size={15} aria-hidden />} disabled={!text.trim()}>
              Send
            </Button>
          )}
        </div>
      </div>
    </form>
  )
}
