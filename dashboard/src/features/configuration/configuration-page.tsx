import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Download, Upload } from 'lucide-react'
import { type ChangeEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { saveFile } from '../../lib/save-file.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/choice.tsx'
import { Field, TextArea, TextField } from '../../ui/field.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'
import { documentsIn, streamOf } from './stream.ts'

type Plan = Awaited<ReturnType<typeof api.configuration.plan>>
type Change = Plan['changes'][number]

const signs = { create: '+', change: '~', delete: '−' } as const
const colours = { create: 'text-ok', change: 'text-warn', delete: 'text-bad' } as const
/** More than these are only counted. */
const shownChanges = 500

function ChangeRow({ change: { action, type, key, differences } }: { readonly change: Change }) {
  return (
    <li className="border-b border-line px-4 py-2 last:border-0">
      <p className="font-mono text-small break-words">
        <span className={colours[action]}>{signs[action]}</span> {type.replace('_', ' ')} <b>{key}</b>
      </p>
      {differences.map(({ path, before, after }) => (
        <p key={path} className="pl-4 font-mono text-small break-words text-ink-2">
          {path}: {before ?? 'nothing'} → {after ?? 'nothing'}
        </p>
      ))}
    </li>
  )
}

/** The workspace as files: downloads them, and shows what others would change before they do. */
export function ConfigurationPage() {
  const client = useQueryClient()
  const [text, setText] = useState('')
  const [file, setFile] = useState('pasted.yaml')
  const [prune, setPrune] = useState(false)
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({})
  const download = useMutation({
    mutationFn: () => api.configuration.export(),
    onSuccess: ({ items }) => saveFile('sallyport.yaml', streamOf(items)),
  })
  const request = () => ({ documents: documentsIn(text, file), prune })
  const plan = useMutation({ mutationFn: async () => api.configuration.plan(request()) })
  const apply = useMutation({
    mutationFn: async (fingerprint: string) => api.configuration.apply({ ...request(), fingerprint, secrets }),
    onSuccess: async ({ changes }) => {
      plan.reset()
      setSecrets({})
      say('Applied', `${changes.length} changes were made.`)
      await client.invalidateQueries()
    },
  })
  const edit = (value: string, from: string) => {
    setText(value)
    setFile(from)
    plan.reset()
    apply.reset()
  }
  const upload = async (event: ChangeEvent<HTMLInputElement>) => {
    const chosen = event.target.files?.[0]
    if (chosen !== undefined) edit(await chosen.text(), chosen.name)
  }
  const planned = plan.data
  const needed = [...new Set(planned?.changes.flatMap((change) => change.secrets) ?? [])]
  const kept = planned?.kept.filter(({ type }) => type !== 'member').length ?? 0
  return (
    <Page
      title="Configuration"
      description="The workspace as YAML: connectors, connections, toolsets, teams, roles and channels. Secrets are references, never values."
      narrow
      actions={
        <Button onClick={() => download.mutate()} busy={download.isPending}>
          <Download size={14} aria-hidden /> Download
        </Button>
      }
    >
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-8 md:px-8">
        <div className="mx-auto max-w-3xl space-y-4">
          <ErrorNotice error={download.error} />
          <Field
            label="Files to apply"
            hint="Paste documents, several with --- between them. Nothing changes before you apply the plan."
          >
            <TextArea mono rows={12} value={text} onChange={(event) => edit(event.target.value, 'pasted.yaml')} />
          </Field>
          <div className="flex flex-wrap items-center gap-3">
            <Button look="primary" disabled={text.trim() === ''} busy={plan.isPending} onClick={() => plan.mutate()}>
              Show the plan
            </Button>
            <label className="inline-flex cursor-pointer items-center gap-1.5 text-body text-accent hover:underline">
              <Upload size={14} aria-hidden /> Open a file
              <input type="file" accept=".yaml,.yml" className="sr-only" onChange={(event) => void upload(event)} />
            </label>
            <Checkbox
              checked={prune}
              onChange={(value) => {
                setPrune(value)
                plan.reset()
              }}
              label="Delete what the files do not have"
            />
          </div>
          <ErrorNotice error={plan.error} />
          {apply.data?.notes.map((note) => (
            <p key={note} className="text-body text-ink-2">
              {note}
            </p>
          ))}
          {apply.data?.shown.map(({ key, secret }) => (
            <p key={key} className="text-body break-all">
              {key} signs with this secret, shown this once: <code>{secret}</code>
            </p>
          ))}
          {planned !== undefined && (
            <Panel title={planned.changes.length === 0 ? 'Nothing would change' : `${planned.changes.length} changes`} flush>
              <ul>
                {planned.changes.slice(0, shownChanges).map((change) => (
                  <ChangeRow key={`${change.type} ${change.key}`} change={change} />
                ))}
              </ul>
              <div className="space-y-3 p-4">
                {planned.changes.length > shownChanges && (
                  <p className="text-small text-ink-3">… and {planned.changes.length - shownChanges} more.</p>
                )}
                {kept > 0 && <p className="text-small text-ink-3">{kept} more in the workspace stay as they are.</p>}
                {planned.notes.map((note) => (
                  <p key={note} className="text-small text-ink-2">
                    {note}
                  </p>
                ))}
                {needed.map((name) => (
                  <TextField
                    key={name}
                    label={name}
                    type="password"
                    required
                    value={secrets[name] ?? ''}
                    onValueChange={(value) => setSecrets({ ...secrets, [name]: value })}
                  />
                ))}
                <ErrorNotice error={apply.error} />
                {planned.changes.length > 0 && (
                  <Button
                    look="primary"
                    busy={apply.isPending}
                    disabled={needed.some((name) => !secrets[name])}
                    onClick={() => apply.mutate(planned.fingerprint)}
                  >
                    Apply
                  </Button>
                )}
              </div>
            </Panel>
          )}
        </div>
      </div>
    </Page>
  )
}
