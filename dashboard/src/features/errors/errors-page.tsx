import { useEffect } from 'react'
import page from '../../../../docs/errors.md?raw'
import { Page } from '../../ui/page.tsx'
import { parseErrorEntries } from './error-entries.ts'

const entries = parseErrorEntries(page)

/** What each code means and what to do about it. The address of one is `/errors#CODE`. */
export function ErrorsPage() {
  const wanted = decodeURIComponent(location.hash.slice(1))
  useEffect(() => document.getElementById(wanted)?.scrollIntoView(), [wanted])
  return (
    <Page title="Errors" description="What each code means, and what to do about it." narrow>
      <section aria-label="Codes" className="min-h-0 flex-1 overflow-auto border-t border-line px-4 py-4 md:px-8">
        <div className="mx-auto max-w-3xl space-y-3">
          {entries.map(({ code, title, cause, resolution }) => (
            <article
              key={code}
              id={code}
              aria-current={code === wanted || undefined}
              className="scroll-mt-4 rounded-panel border border-line bg-panel p-4 text-body aria-[current]:border-accent-line aria-[current]:bg-accent-wash"
            >
              <div className="flex flex-wrap items-baseline justify-between gap-x-3">
                <h2 className="font-semibold">{title}</h2>
                <code className="text-small text-ink-2">{code}</code>
              </div>
              <p className="mt-1 text-ink-2">{cause}</p>
              <p className="mt-1">{resolution}</p>
            </article>
          ))}
        </div>
      </section>
    </Page>
  )
}
