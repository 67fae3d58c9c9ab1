import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { ArrowLeft, ArrowRight, FileCode2 } from 'lucide-react'
import { useEffect, useReducer, useRef, useState } from 'react'
import { queries } from '../../api/queries.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { DocumentDialog } from './document-dialog.tsx'
import { changed, type Draft, draftOf, emptyDraft, missingIn, type Step } from './draft.ts'
import { GatePreview } from './gate-preview.tsx'
import { keptDraft, setKeptDraft } from './kept-draft.ts'
import { StepActions } from './step-actions.tsx'
import { StepAuth } from './step-auth.tsx'
import { StepBasics } from './step-basics.tsx'
import { StepTest } from './step-test.tsx'
import { Stepper, stepLabels } from './stepper.tsx'
import { useSave } from './use-save.ts'

const allSteps: readonly Step[] = ['basics', 'auth', 'actions', 'test']
const existingSteps: readonly Step[] = ['auth', 'test']

/** Describe or adjust an API and connect it in four steps, or a connection of a connector that exists in two. */
export function ConnectPage() {
  const { connector } = useSearch({ from: '/connect' })
  const document = useQuery({ ...queries.connector(connector ?? ''), enabled: connector !== undefined })
  if (connector === undefined) return <Wizard key="new" first={keptDraft() ?? emptyDraft} />
  if (document.isPending) return <SkeletonRows height={56} rows={6} />
  if (document.isError) return <ErrorNotice error={document.error} onRetry={() => void document.refetch()} className="m-6" />
  return <Wizard key={connector} first={draftOf('existing', document.data)} />
}

function Wizard({ first }: { readonly first: Draft }) {
  const search = useSearch({ from: '/connect' })
  const navigate = useNavigate()
  const [draft, change] = useReducer(changed, first)
  const [secrets, setSecrets] = useState<Record<string, string>>({})
  const [showDocument, setShowDocument] = useState(false)
  const [finished, setFinished] = useState(false)
  /** Set when someone pressed Next with something missing. */
  const [asked, setAsked] = useState(false)

  const steps = draft.start === 'existing' ? existingSteps : allSteps
  // A step is open once all before it are complete; an address of a later one leads to the first that is not.
  const firstOpen = steps.findIndex((step) => missingIn(step, draft, secrets) !== null)
  const reachable = firstOpen < 0 ? steps.length - 1 : firstOpen
  const wanted = steps.indexOf(search.step ?? steps[0] ?? 'basics')
  const position = Math.max(0, Math.min(wanted, reachable))
  const step = steps[position] ?? 'basics'
  const missing = missingIn(step, draft, secrets)

  useEffect(() => {
    if (draft.start !== 'existing') setKeptDraft(finished ? null : draft)
  }, [draft, finished])

  const go = (index: number) => {
    setAsked(false)
    saving.save.reset()
    void navigate({ to: '/connect', search: (previous) => ({ ...previous, step: steps[index] }) })
  }
  const next = () => {
    if (!missing) return go(position + 1)
    setAsked(true)
    form.current?.querySelector<HTMLElement>('input:invalid, textarea:invalid')?.focus()
  }
  const props = { draft, change, secrets, setSecrets }

  const form = useRef<HTMLFormElement>(null)
  const before = useRef(step)
  useEffect(() => {
    if (before.current === step) return
    before.current = step
    // The step that had the focus is gone; whoever uses the keyboard goes on at the start of the new one.
    form.current?.focus()
  }, [step])
  // Lives here, not in its step: what is stored must not be stored again after a look back.
  const saving = useSave(draft, secrets)

  return (
    <div className="flex h-full min-h-0 flex-col">
      <title>Connect an API · Sallyport</title>
      <header className="flex flex-wrap items-center justify-between gap-3 px-4 pt-4 pb-3 md:px-8 md:pt-6">
        <h1 className="text-title font-semibold tracking-tight">
          {draft.start === 'existing' ? `Connect ${draft.document.name}` : 'Connect an API'}
        </h1>
        {draft.start !== 'existing' && !finished && (
          <div className="flex gap-1">
            {draft !== emptyDraft && (
              <Button
                size="small"
                look="quiet"
                onClick={() => {
                  setSecrets({})
                  change({ kind: 'restart' })
                  go(0)
                }}
              >
                Start over
              </Button>
            )}
            <Button size="small" look="quiet" icon={<FileCode2 size={14} />} onClick={() => setShowDocument(true)}>
              Document
            </Button>
          </div>
        )}
      </header>
      <Stepper steps={steps} position={position} reachable={finished ? position : reachable} onGo={go} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="grid gap-8 px-4 py-5 md:px-8 lg:grid-cols-[minmax(0,46rem)_minmax(16rem,1fr)]">
          <form
            ref={form}
            id="step"
            noValidate
            tabIndex={-1}
            aria-label={`Step ${position + 1} of ${steps.length}: ${stepLabels[step]}`}
            className="min-w-0 outline-none"
            onSubmit={(event) => {
              event.preventDefault()
              if (step !== 'test') next()
            }}
          >
            {step === 'basics' && <StepBasics {...props} />}
            {step === 'auth' && <StepAuth {...props} />}
            {step === 'actions' && <StepActions {...props} />}
            {step === 'test' && (
              <StepTest
                draft={draft}
                saving={saving}
                onGo={(target) => go(steps.indexOf(target))}
                onFinished={() => setFinished(true)}
              />
            )}
          </form>
          <aside className="hidden lg:block">
            <GatePreview draft={draft} />
          </aside>
        </div>
      </div>
      {step !== 'test' && (
        <footer className="flex items-center gap-2 border-t border-line bg-bg px-4 py-3 md:px-8">
          {position > 0 ? (
            <Button icon={<ArrowLeft size={14} />} onClick={() => go(position - 1)}>
              Back
            </Button>
          ) : (
            <ButtonLink to="/connections" look="quiet">
              Cancel
            </ButtonLink>
          )}
          <Button type="submit" form="step" look="primary" aria-describedby="missing">
            Next
            <ArrowRight size={14} aria-hidden />
          </Button>
          <p id="missing" role="status" className="min-w-0 truncate text-small text-bad">
            {asked && missing}
          </p>
        </footer>
      )}
      {showDocument && (
        <DocumentDialog
          document={draft.document}
          onClose={() => setShowDocument(false)}
          onApply={(document) => change({ kind: 'document', document })}
        />
      )}
    </div>
  )
}
