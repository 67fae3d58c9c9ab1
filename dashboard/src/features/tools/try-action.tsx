import { FileSearch, Play } from 'lucide-react'
import { lazy, Suspense, useRef, useState } from 'react'
import type { Connection, Effect, Json } from '../../api/types.ts'
import type { ListedAction } from '../../lib/connector-actions.ts'
import { Button } from '../../ui/button.tsx'
import { CodeEditor } from '../../ui/code-editor.tsx'
import type { SchemaFormHandle } from '../../ui/form/schema-form.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { TabPanel, Tabs } from '../../ui/tabs.tsx'
import { RehearsalChoice, type Rehearsing, rehearsalOf } from './rehearsal-choice.tsx'
import { RunResult } from './run-result.tsx'
import { ToolForModels } from './tool-for-models.tsx'
import { useRun } from './use-run.ts'

const SchemaForm = lazy(() => import('../../ui/form/schema-form.tsx'))

type View = 'form' | 'json' | 'schema' | 'models'
const runWords: Record<Effect, string> = { read: 'Run', write: 'Run, and write', destructive: 'Run, and destroy' }

const hasFields = ({ properties, additionalProperties, anyOf, oneOf, allOf, $ref }: Json): boolean => {
  const named = typeof properties === 'object' && properties !== null && Object.keys(properties).length > 0
  return (
    named ||
    Boolean($ref ?? anyOf ?? oneOf ?? allOf) ||
    (typeof additionalProperties === 'object' && additionalProperties !== null)
  )
}

interface TryProps {
  readonly connector: string
  /** The connection to call through. */
  readonly connection: Connection
  readonly action: ListedAction
  /** The scenarios of its mocks. */
  readonly scenarios: readonly string[]
  readonly schemas: { readonly input: Json; readonly output: unknown }
}

/** The input at the left, what came of it at the right. */
export function TryAction({ connector, connection, action, scenarios, schemas }: TryProps) {
  const [view, setView] = useState<View>('form')
  const [input, setInput] = useState<Json>({})
  const [text, setText] = useState('{}')
  const [mistake, setMistake] = useState<string | null>(null)
  const [rehearsing, setRehearsing] = useState<Rehearsing>({ way: 'live', scenario: scenarios[0] ?? '', cassette: '' })
  const rehearsal = rehearsalOf(rehearsing)
  const sends = rehearsing.way === 'record' || (rehearsing.way === 'live' && connection.mock === null)
  const form = useRef<SchemaFormHandle>(null)
  const run = useRun()

  const show = (next: View) => {
    if (next === 'json') setText(JSON.stringify(input, null, 2))
    setMistake(null)
    setView(next)
  }
  const type = (next: string) => {
    setText(next)
    try {
      const parsed: unknown = JSON.parse(next)
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) setMistake('The input is an object: { … }.')
      else {
        setInput(parsed as Json)
        setMistake(null)
      }
    } catch (error) {
      setMistake(error instanceof Error ? error.message : 'This is not JSON.')
    }
  }
  const start = (dryRun: boolean) => {
    if (run.isPending || mistake || rehearsal === null || (view === 'form' && form.current?.validate() === false)) return
    run.mutate({ connector, connection: connection.id, action: action.name, input, dryRun, rehearsal })
  }

  return (
    <div className="grid min-w-0 content-start gap-x-10 gap-y-6 px-4 pb-8 md:px-8 xl:grid-cols-2">
      <section aria-label="Input" className="flex min-w-0 flex-col self-start">
        <Tabs<View>
          value={view}
          onChange={show}
          tabs={[
            { value: 'form', label: 'Form' },
            { value: 'json', label: 'JSON' },
            { value: 'schema', label: 'Schema' },
            { value: 'models', label: 'For models' },
          ]}
        >
          <TabPanel value="form" className="py-4">
            {hasFields(schemas.input) ? (
              <Suspense fallback={<Skeleton className="h-24 animate-appear" />}>
                <SchemaForm ref={form} schema={schemas.input} value={input} onChange={setInput} onSubmit={() => start(false)} />
              </Suspense>
            ) : (
              <p className="text-ink-2">This action takes no input.</p>
            )}
          </TabPanel>
          <TabPanel value="json" className="py-4">
            <CodeEditor label="Input as JSON" language="json" value={text} onChange={type} className="max-h-96" />
            <p role="status" className="mt-1 h-5 truncate text-small text-bad">
              {mistake}
            </p>
          </TabPanel>
          <TabPanel value="schema" className="space-y-4 py-4">
            <div>
              <h3 className="caption mb-1">Input</h3>
              <JsonView value={schemas.input} label="the input schema" depth={3} />
            </div>
            <div>
              <h3 className="caption mb-1">Answer</h3>
              {schemas.output ? (
                <JsonView value={schemas.output} label="the output schema" depth={3} />
              ) : (
                <p className="text-ink-2">The document does not say what the answer looks like.</p>
              )}
            </div>
          </TabPanel>
          <TabPanel value="models" className="py-4">
            <ToolForModels connection={connection.id} action={action.name} />
          </TabPanel>
        </Tabs>
        <RehearsalChoice value={rehearsing} onChange={setRehearsing} connection={connection} scenarios={scenarios} />
        <div className="sticky bottom-0 flex flex-wrap gap-2 bg-bg py-3">
          <Button
            look={sends && action.effect === 'destructive' ? 'danger' : 'primary'}
            icon={<Play size={14} />}
            busy={run.isPending && !run.variables?.dryRun}
            disabled={mistake !== null || rehearsal === null || (run.isPending && run.variables?.dryRun === true)}
            onClick={() => start(false)}
          >
            {!sends ? 'Run' : action.confirm ? 'Ask for approval' : runWords[action.effect]}
          </Button>
          <Button
            icon={<FileSearch size={14} />}
            busy={run.isPending && run.variables?.dryRun === true}
            disabled={mistake !== null || rehearsal === null || (run.isPending && run.variables?.dryRun === false)}
            onClick={() => start(true)}
          >
            Dry run
          </Button>
        </div>
      </section>
      <section aria-label="Result" aria-live="polite" className="min-w-0 xl:pt-10">
        <RunResult run={run.data} running={run.isPending} />
      </section>
    </div>
  )
}
