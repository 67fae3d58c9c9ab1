import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Play } from 'lucide-react'
import { type KeyboardEvent, useMemo, useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import type { Json } from '../../api/types.ts'
import { schemasOf } from '../../lib/connector-actions.ts'
import type { ConnectorDocument } from '../../lib/connector-document.ts'
import { isObject } from '../../lib/is-object.ts'
import type { ScriptNames } from '../../lib/script-completions.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/choice.tsx'
import { CodeEditor } from '../../ui/code-editor.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice, Skeleton } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'
import { useMay } from '../session/session.ts'
import { changeWords } from './changes-view.tsx'
import { scriptLanguage } from './script-language.ts'
import { ScriptResult } from './script-result.tsx'

interface ScriptTabProps {
  readonly connectorId: string
  readonly version: string
  readonly document: ConnectorDocument & { readonly script: NonNullable<ConnectorDocument['script']> }
  /** What was written and is not stored; null when nothing was. */
  readonly draft: string | null
  readonly onDraft: (draft: string | null) => void
}

const json = (value: unknown): string => JSON.stringify(value, null, 2)
const keys = /mac|iphone|ipad/i.test(navigator.userAgent)
  ? { run: '⌘ Enter', save: '⌘ S' }
  : { run: 'Ctrl Enter', save: 'Ctrl S' }

/** An input to begin with: the first example of the action, or the defaults of its schema. */
function inputOf(document: ConnectorDocument, command: string): Json {
  const example = document.actions[command]?.examples?.[0]?.input
  if (example !== undefined) return example
  const { properties } = schemasOf(document, command).input
  if (!isObject(properties)) return {}
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, schema]) =>
      isObject(schema) && schema.default !== undefined ? [[name, schema.default]] : [],
    ),
  )
}

/** The settings that a connection would have without anybody's word. */
function settingsOf({ fields = {}, servers }: ConnectorDocument): Json {
  const { url = '', variables = {} } = Object.values(servers)[0] ?? {}
  const baseUrl = url.replace(/\{([^{}]+)\}/g, (whole, name: string) => variables[name]?.default ?? whole)
  const defaults = Object.entries(fields).map(([name, field]) => [name, field.default ?? ''] as const)
  return { ...(baseUrl && { baseUrl: baseUrl.includes('{') ? '' : baseUrl }), ...Object.fromEntries(defaults) }
}

function namesOf(document: ConnectorDocument, command: string): ScriptNames {
  const { properties } = schemasOf(document, command).input
  const params = isObject(properties)
    ? Object.entries(properties).map(([name, schema]) => [name, isObject(schema) ? String(schema.type ?? '') : ''])
    : []
  const fields = Object.entries(document.fields ?? {}).map(([name, { type = 'string' }]) => [name, type])
  const secrets = Object.values<object>(document.auth ?? {}).flatMap((scheme) =>
    'type' in scheme && scheme.type === 'secrets' && 'fields' in scheme && isObject(scheme.fields)
      ? Object.keys(scheme.fields).map((name) => [name, 'secret'])
      : [],
  )
  return {
    params: Object.fromEntries(params),
    config: Object.fromEntries([['baseUrl', 'address'], ...fields, ...secrets]),
  }
}

/** The text as an object; null when it is none. */
function read(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/** The code of a connector: written with completion, tried as often as one likes, and stored as its next version. */
export default function ScriptTab({ connectorId, version, document, draft, onDraft }: ScriptTabProps) {
  const client = useQueryClient()
  const [mayRun, maySave] = [useMay('manager'), useMay('admin')]
  const commands = Object.keys(document.actions)
  const [command, setCommand] = useState(commands[0] ?? '')
  const [params, setParams] = useState(() => json(inputOf(document, command)))
  const [config, setConfig] = useState(() => json(settingsOf(document)))
  const [saving, setSaving] = useState(false)
  const { script } = document
  const { language = 'javascript' } = script
  const source = draft ?? script.source
  const changed = source !== script.source
  const names = useRef<ScriptNames>({ params: {}, config: {} })
  names.current = useMemo(() => namesOf(document, command), [document, command])
  const support = useMemo(() => scriptLanguage(language === 'typescript', () => names.current), [language])
  const [given, settings] = [read(params), read(config)]
  const run = useMutation({ mutationFn: api.scripts.run })
  /** The stored document with the script as it is written here. */
  const edited = async (): Promise<Json> => {
    const stored = await api.connectors.get(connectorId)
    if (!isObject(stored.script) || stored.script.source !== script.source)
      throw new Error('Somebody has stored another script meanwhile. Copy yours, reload the page, and put both together.')
    return { ...stored, script: { ...stored.script, source } }
  }
  const preview = useMutation({
    mutationFn: async () => api.connectors.check(connectorId, { text: JSON.stringify(await edited()) }),
  })
  const save = useMutation({
    mutationFn: async () => api.connectors.update(connectorId, { document: await edited(), autoBump: true }),
    onSuccess: async (created) => {
      setSaving(false)
      say(`Version ${created.version} is in use`, `Before it was ${version}. Connections keep working with the new one.`)
      await client.invalidateQueries()
      onDraft(null)
    },
  })
  const start = () => {
    if (!mayRun || run.isPending || given === null || settings === null || source.trim() === '') return
    run.mutate({ source, language, command, params: { ...given }, config: { ...settings } })
  }
  const askToSave = () => {
    if (!maySave || !changed || saving) return
    save.reset()
    preview.mutate()
    setSaving(true)
  }
  const onKey = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
    const act = event.key === 'Enter' ? start : event.key.toLowerCase() === 's' ? askToSave : null
    if (act === null) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }
  return (
    <div
      className="grid min-w-0 content-start gap-x-8 gap-y-5 xl:h-full xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]"
      onKeyDownCapture={onKey}
    >
      <section aria-label="Code" className="flex min-w-0 flex-col gap-3 xl:min-h-0">
        <div className="flex flex-wrap items-center gap-2">
          <Select
            label="Command"
            value={command}
            options={commands.map((name) => ({ value: name, label: name }))}
            onChange={(next) => {
              setCommand(next)
              setParams(json(inputOf(document, next)))
              run.reset()
            }}
            className="w-48 max-w-full"
          />
          <span className="text-small text-ink-3 max-sm:hidden">{language === 'typescript' ? 'TypeScript' : 'JavaScript'}</span>
          <span className="flex-1" />
          {maySave && changed && (
            <Button size="small" onClick={() => onDraft(null)}>
              Discard
            </Button>
          )}
          {maySave && (
            <Button size="small" disabled={!changed} onClick={askToSave} title={keys.save}>
              Save new version
            </Button>
          )}
        </div>
        <CodeEditor
          label="Script"
          language={support}
          value={source}
          reveal={`function ${command}`}
          {...(mayRun ? { onChange: onDraft } : {})}
          className="h-[60dvh] xl:h-auto xl:min-h-0 xl:flex-1"
        />
      </section>
      <section aria-label="Trial" className="min-w-0 space-y-4 xl:min-h-0 xl:overflow-y-auto">
        {mayRun ? (
          <>
            <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-1">
              <JsonField label="params" value={params} onChange={setParams} wrong={given === null} />
              <JsonField label="config" value={config} onChange={setConfig} wrong={settings === null} />
            </div>
            <div className="flex flex-wrap items-center gap-3">
              <Button
                look="primary"
                icon={<Play size={14} />}
                busy={run.isPending}
                disabled={given === null || settings === null}
                onClick={start}
              >
                Run
              </Button>
              <span className="text-small text-ink-3">
                <kbd className="rounded-chip border border-line px-1">{keys.run}</kbd> Requests are real; no credential is used,
                and nothing is stored.
              </span>
            </div>
          </>
        ) : (
          <p className="text-small text-ink-3">Managers can try it here.</p>
        )}
        <div aria-live="polite">
          <ErrorNotice error={run.error} />
          {run.isPending ? <Skeleton className="h-32 animate-appear" /> : run.data && <ScriptResult run={run.data} />}
        </div>
      </section>
      <Dialog
        open={saving}
        onClose={() => setSaving(false)}
        title="Save the script"
        description={
          preview.data && (
            <>
              <code>{preview.data.current}</code> → <code>{preview.data.version}</code>
            </>
          )
        }
        footer={
          <>
            <Button onClick={() => setSaving(false)}>Cancel</Button>
            <Button look="primary" autoFocus busy={save.isPending} onClick={() => save.mutate()}>
              {preview.data ? `Save version ${preview.data.version}` : 'Save new version'}
            </Button>
          </>
        }
      >
        {preview.data ? (
          <ul className="text-body">
            {preview.data.changes.map((change) => (
              <li key={change.message}>{changeWords(change)}</li>
            ))}
          </ul>
        ) : (
          preview.isPending && <Skeleton className="h-5 animate-appear" />
        )}
        <p className="mt-2 text-body text-ink-2">
          Connections use it from their next call on. What goes in, what comes out and what connections are asked for stay as they
          are described.
        </p>
        <ErrorNotice error={save.error ?? preview.error} className="mt-3" />
      </Dialog>
    </div>
  )
}

interface JsonFieldProps {
  readonly label: 'params' | 'config'
  readonly value: string
  readonly onChange: (value: string) => void
  readonly wrong: boolean
}

function JsonField({ label, value, onChange, wrong }: JsonFieldProps) {
  return (
    <div className="min-w-0">
      <h3 className="caption mb-1">{label}</h3>
      <CodeEditor label={label} language="json" value={value} onChange={onChange} className="max-h-56" />
      <p role="status" className="mt-1 text-small text-bad empty:hidden">
        {wrong && 'This is no JSON object: { … }.'}
      </p>
    </div>
  )
}
