import { autocompletion, type CompletionContext, type CompletionResult, completionKeymap } from '@codemirror/autocomplete'
import { javascript, localCompletionSource } from '@codemirror/lang-javascript'
import type { Extension } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { completeScript, type ScriptNames } from '../../lib/script-completions.ts'

const look = EditorView.theme({
  '.cm-tooltip': {
    backgroundColor: 'var(--panel)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
    boxShadow: 'var(--lift)',
    color: 'var(--ink)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    fontFamily: 'var(--font-mono)',
    maxHeight: '14rem',
    maxWidth: 'min(28rem, 90vw)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--accent-wash)', color: 'var(--ink)' },
  '.cm-completionDetail': { color: 'var(--ink-3)', fontStyle: 'normal' },
  '.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--accent)', fontWeight: '600' },
  '.cm-tooltip.cm-completionInfo': { maxWidth: '18rem', padding: '6px 8px', fontFamily: 'var(--font-sans)' },
})

/** The words of the gateway where they fit, and otherwise what the script itself declares. */
function source(names: () => ScriptNames) {
  return (context: CompletionContext): CompletionResult | null => {
    const line = context.state.doc.lineAt(context.pos)
    const found = completeScript(context.state.sliceDoc(line.from, context.pos), names())
    const local = localCompletionSource(context)
    if (found === null) return local
    const from = context.pos - found.typed
    const words = found.words.map(({ label, kind, detail, info }) => ({ label, type: kind, detail, ...(info && { info }) }))
    // Behind a dot only its members; else the names in scope too.
    const scope = line.text[from - line.from - 1] === '.' || local === null ? [] : local.options
    return { from, options: [...words, ...scope], validFor: /^\w*$/ }
  }
}

/** JavaScript or TypeScript with completion; `names` is asked each time. */
export const scriptLanguage = (typescript: boolean, names: () => ScriptNames): Extension => [
  javascript({ typescript }),
  autocompletion({ override: [source(names)], icons: false }),
  keymap.of(completionKeymap),
  look,
]
