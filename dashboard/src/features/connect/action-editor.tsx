import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { type ActionForm, actionOf, emptyAction, formOf, hasBody, inputsOf, mistakesIn } from '../../lib/action-form.ts'
import { type ActionDocument, effectOf, methods } from '../../lib/connector-document.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox, Select } from '../../ui/choice.tsx'
import { CodeEditor } from '../../ui/code-editor.tsx'
import { Field, Input, TextField } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { InputsTable } from './inputs-table.tsx'
import { PairRows } from './pair-rows.tsx'

interface ActionEditorProps {
  /** Empty for a new action. */
  readonly name: string
  readonly action: ActionDocument | undefined
  readonly taken: ReadonlySet<string>
  readonly onSave: (name: string, action: ActionDocument) => void
  readonly onRemove: (() => void) | undefined
  readonly onClose: () => void
}

const effectWords = { read: 'reads', write: 'writes', destructive: 'destroys' } as const

/** The contract of one action: the request as a template, its inputs, what of the answer is passed on, and its effect (C2). */
export function ActionEditor({ name, action, taken, onSave, onRemove, onClose }: ActionEditorProps) {
  const [form, setForm] = useState<ActionForm>(() => (action ? formOf(name, action) : emptyAction()))
  const [asked, setAsked] = useState(false)
  const set = (change: Partial<ActionForm>) => setForm((previous) => ({ ...previous, ...change }))
  const mistakes = mistakesIn(form, taken)
  const shown = asked ? mistakes : {}
  const save = () => {
    if (Object.keys(mistakes).length > 0) setAsked(true)
    else onSave(form.name, actionOf(form, action))
  }
  const usual = effectWords[effectOf({ method: form.method })]

  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={action ? `Edit ${name}` : 'New action'}
      footer={
        <>
          {onRemove && (
            <Button look="danger" className="mr-auto" icon={<Trash2 size={14} />} onClick={onRemove}>
              Remove
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" onClick={save}>
            {action ? 'Keep changes' : 'Add action'}
          </Button>
        </>
      }
    >
      <div className="space-y-6 pb-2">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label="Name"
            mono
            required
            autoFocus={!action}
            placeholder="get_customer"
            value={form.name}
            onValueChange={(next) => set({ name: next })}
            error={shown.name}
            hint="What agents call."
          />
          <TextField
            label="Title"
            optional
            placeholder="Get a customer"
            value={form.title}
            onValueChange={(title) => set({ title })}
          />
          <TextField
            label="Description"
            optional
            className="sm:col-span-2"
            placeholder="Returns one customer by id, with its plan and owner."
            value={form.description}
            onValueChange={(description) => set({ description })}
            hint="Models choose a tool by this sentence."
          />
        </div>

        <section className="space-y-3">
          <h3 className="font-semibold">Request</h3>
          <div className="flex items-start gap-2">
            <Select
              label="Method"
              value={form.method}
              onChange={(method) => set({ method })}
              options={methods.map((value) => ({ value, label: value }))}
              className="w-28 shrink-0 font-mono"
            />
            <Field
              label="Path"
              error={shown.path}
              className="flex-1 [&>label]:sr-only"
              hint={
                <>
                  Placeholders: <code>/customers/{'{customer_id}'}</code>
                </>
              }
            >
              <Input mono required value={form.path} onValueChange={(path) => set({ path })} />
            </Field>
          </div>
          <PairRows
            label="Query parameters"
            singular="parameter"
            rows={form.query}
            onChange={(query) => set({ query })}
            namePlaceholder="limit"
            valuePlaceholder="{{limit}}"
          />
          <PairRows
            label="Headers"
            singular="header"
            rows={form.headers}
            onChange={(headers) => set({ headers })}
            namePlaceholder="X-Request-Source"
            valuePlaceholder="agent"
          />
          {hasBody(form.method) && (
            <Field
              label="Body"
              optional
              error={shown.body}
              hint={
                <>
                  JSON. A text that is only a placeholder, such as <code>"{'{{limit}}'}"</code>, becomes its value with its type.
                </>
              }
            >
              <CodeEditor
                label="Body template"
                language="json"
                value={form.body}
                onChange={(body) => set({ body })}
                className="max-h-64"
              />
            </Field>
          )}
        </section>

        <InputsTable
          rows={inputsOf(form)}
          onChange={(row) => set({ inputs: { ...form.inputs, [row.name]: row } })}
          onRemove={(row) => set({ inputs: Object.fromEntries(Object.entries(form.inputs).filter(([key]) => key !== row)) })}
          form={form}
        />

        <section className="space-y-3">
          <h3 className="font-semibold">Answer</h3>
          <TextField
            label="Part of the answer to pass on"
            optional
            mono
            placeholder="data"
            value={form.root}
            onValueChange={(root) => set({ root })}
            hint="A path. Empty passes on everything."
          />
          <PairRows
            label="Fields to pick"
            singular="field"
            rows={form.map}
            onChange={(map) => set({ map })}
            namePlaceholder="id"
            valuePlaceholder="data.id"
          />
          <Field
            label="Schema"
            optional
            error={shown.output}
            hint="JSON Schema of the answer. Calls whose answer does not match are stopped, unless the connector's limits say otherwise."
          >
            <CodeEditor
              label="Schema of the answer"
              language="json"
              value={form.output}
              onChange={(output) => set({ output })}
              className="max-h-64"
            />
          </Field>
        </section>

        <section className="grid gap-4 sm:grid-cols-2">
          <Field label="Effect">
            <Select<ActionForm['effect']>
              value={form.effect}
              onChange={(effect) => set({ effect })}
              options={[
                { value: 'auto', label: `By its method: ${usual}` },
                { value: 'read', label: 'Reads' },
                { value: 'write', label: 'Writes' },
                { value: 'destructive', label: 'Destroys' },
              ]}
            />
          </Field>
          <div className="sm:pt-6">
            <Checkbox
              label="Needs approval"
              hint="Every call waits until a person has seen the exact request."
              checked={form.confirm}
              onChange={(confirm) => set({ confirm })}
            />
          </div>
        </section>
      </div>
    </Dialog>
  )
}
