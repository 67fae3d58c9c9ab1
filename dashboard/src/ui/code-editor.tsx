import { lazy, Suspense } from 'react'
import { cx } from '../lib/cx.ts'
import type { CodeEditorProps } from './code-mirror.tsx'

const Editor = lazy(() => import('./code-mirror.tsx'))

/** A text with lines, colours and folding. CodeMirror loads when the first one is shown; until then the text stands plain. */
export function CodeEditor({ className, ...props }: CodeEditorProps) {
  return (
    <div
      className={cx(
        'min-h-24 overflow-auto rounded-panel border border-line bg-panel text-small has-focus-visible:border-accent',
        className,
      )}
    >
      <Suspense fallback={<pre className="p-2 pl-10 text-ink-3">{props.value.slice(0, 4000)}</pre>}>
        <Editor {...props} />
      </Suspense>
    </div>
  )
}
