import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { EditorState, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useEffectEvent, useRef } from 'react'

export interface CodeEditorProps {
  readonly value: string
  readonly onChange?: (value: string) => void
  /** Another language brings its own support, the same object each time. */
  readonly language: 'json' | 'yaml' | Extension
  /** Accessible name. */
  readonly label: string
  readonly className?: string
  /** A text to go to, whenever it is another one. */
  readonly reveal?: string
}

const look = EditorView.theme({
  '&': { color: 'var(--ink)', backgroundColor: 'transparent', fontSize: 'inherit' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.25rem' },
  '.cm-content': { caretColor: 'var(--ink)', padding: '8px 0' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--ink-3)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 4px 0 12px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter': {
    backgroundColor: 'color-mix(in oklch, var(--sunken) 70%, transparent)',
  },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--accent-wash)',
  },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-matchingBracket': { backgroundColor: 'var(--accent-wash) !important', outline: 'none' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--sunken)', border: '1px solid var(--line)', color: 'var(--ink-3)' },
})

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--ok)' },
  { tag: [tags.bool, tags.null, tags.keyword], color: 'var(--warn)' },
  { tag: tags.comment, color: 'var(--ink-3)', fontStyle: 'italic' },
  { tag: [tags.punctuation, tags.separator], color: 'var(--ink-3)' },
  { tag: tags.invalid, color: 'var(--bad)' },
])

const supportOf = (language: CodeEditorProps['language']): Extension =>
  language === 'json' ? json() : language === 'yaml' ? yaml() : language

export default function CodeMirror({ value, onChange, language, label, reveal }: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const readOnly = onChange === undefined
  const changed = useEffectEvent((text: string) => onChange?.(text))
  const first = useEffectEvent(() => value)

  useEffect(() => {
    if (!place.current) return
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first(),
        extensions: [
          lineNumbers(),
          foldGutter({ openText: '▾', closedText: '▸' }),
          drawSelection(),
          bracketMatching(),
          supportOf(language),
          syntaxHighlighting(colours),
          look,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': String(readOnly) }),
          keymap.of([...defaultKeymap, ...foldKeymap]),
          readOnly
            ? [EditorState.readOnly.of(true), EditorView.editable.of(false), EditorView.contentAttributes.of({ tabindex: '0' })]
            : [
                history(),
                indentOnInput(),
                highlightActiveLine(),
                // Escape lets Tab leave the editor again, as CodeMirror asks for.
                keymap.of([...historyKeymap, indentWithTab]),
                EditorView.updateListener.of((update) => update.docChanged && changed(update.state.doc.toString())),
              ],
        ],
      }),
    })
    view.current = editor
    return () => editor.destroy()
  }, [language, label, readOnly])

  // Text that comes from outside (another action, a format change) replaces what is shown.
  useEffect(() => {
    const editor = view.current
    if (editor && editor.state.doc.toString() !== value)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } })
  }, [value])

  useEffect(() => {
    const at = reveal === undefined ? -1 : (view.current?.state.doc.toString().indexOf(reveal) ?? -1)
    if (at >= 0) view.current?.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'start' }) })
  }, [reveal])

  return <div ref={place} />
}
