import guide from '../../../../docs/guide/language-model.md?raw'
import { CopyButton } from '../../ui/copy-button.tsx'
import { EmptyState } from '../../ui/states.tsx'

/** How to configure one, in the words of the guide. */
const settings = /```sh\n([\s\S]*?)\n```/.exec(guide)?.[1] ?? ''

export function NoModel() {
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <EmptyState title="No language model yet">
        Everything else works without one. To talk with your tools here, the operator of this gateway names a model and starts it
        again.
      </EmptyState>
      <div className="relative mx-auto max-w-3xl px-4 pb-10 md:px-8">
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
          tabIndex={0}
          aria-label="Settings of a language model"
          role="region"
          className="overflow-x-auto rounded-panel border border-line bg-sunken p-3 pr-12 text-small"
        >
          {settings}
        </pre>
        <span className="absolute top-1.5 right-5.5 md:right-9.5">
          <CopyButton value={settings} label="Copy the settings" />
        </span>
        <p className="mt-3 text-small text-ink-3">
          More in the guides <code>docs/guide/language-model.md</code> and <code>docs/guide/playground.md</code> that come with
          Sallyport.
        </p>
      </div>
    </div>
  )
}
