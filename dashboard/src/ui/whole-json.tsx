import { visible } from '../lib/visible.ts'
import { CopyButton } from './copy-button.tsx'

/** JSON to its end, for what a person decides on: nothing folded or cut, long texts wrap, and unseen characters are written out. */
export function WholeJson({ value, label }: { readonly value: unknown; readonly label: string }) {
  const text = JSON.stringify(value, null, 2)
  return (
    <div className="relative border-t border-line bg-sunken">
      <div className="absolute top-1 right-1 z-1">
        <CopyButton value={text} label={`Copy ${label}`} />
      </div>
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        data-focus-inset
        className="max-h-112 overflow-auto px-3 py-2.5 pr-10 font-mono text-small break-all whitespace-pre-wrap"
      >
        {visible(text)}
      </section>
    </div>
  )
}
