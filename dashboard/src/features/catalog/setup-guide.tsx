import { ExternalLink } from 'lucide-react'
import type { ReactNode } from 'react'
import { Panel } from '../../ui/page.tsx'

interface GuideProps {
  readonly name: string
  /** What to click at the provider, one step each. */
  readonly steps: readonly string[]
  /** Where the provider documents its API. */
  readonly docs: string | undefined
}

/** The way to a credential at the provider, beside the form that asks for it. */
export function SetupGuide({ name, steps, docs }: GuideProps) {
  if (steps.length === 0 && !docs) return null
  return (
    <Panel
      title={steps.length > 0 ? `At ${name}` : 'Documentation'}
      aside={docs && <Outside url={docs}>Documentation</Outside>}
      {...(steps.length === 0 && { flush: true })}
    >
      {steps.length > 0 && (
        <ol className="space-y-3">
          {steps.map((step, index) => (
            <li key={step} className="flex gap-3">
              <span
                aria-hidden
                className="mt-px grid size-5 shrink-0 place-items-center rounded-full bg-sunken text-micro font-medium text-ink-2 tabular"
              >
                {index + 1}
              </span>
              <span className="min-w-0">{linked(step)}</span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  )
}

function Outside({ url, children }: { readonly url: string; readonly children: ReactNode }) {
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" className="break-words text-accent hover:underline">
      {children}
      <ExternalLink size={11} aria-label="in a new window" className="ml-0.5 inline align-baseline" />
    </a>
  )
}

/** The text with its addresses as links; what ends a sentence is none of an address. */
function linked(text: string): ReactNode[] {
  return text.split(/(https:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/).map((part, index) =>
    index % 2 === 1 ? (
      <Outside key={part} url={part}>
        {part.replace(/^https:\/\//, '')}
      </Outside>
    ) : (
      part
    ),
  )
}
