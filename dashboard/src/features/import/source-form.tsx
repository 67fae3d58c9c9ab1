import { FileUp, Link2 } from 'lucide-react'
import { type DragEvent, useRef, useState } from 'react'
import { toProblem } from '../../api/problem.ts'
import type { ImportSource } from '../../api/types.ts'
import { cx } from '../../lib/cx.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/choice.tsx'
import { Field, Input, TextArea, TextField } from '../../ui/field.tsx'
import { ProblemNotice } from '../../ui/states.tsx'
import { readFiles } from './read-files.ts'

interface SourceFormProps {
  /** What was tried last, to correct it. */
  readonly tried: ImportSource | undefined
  readonly error: unknown
  readonly onRead: (source: ImportSource) => void
}

/** Takes a description of an API as files (dropped or browsed), an address, or pasted text. */
export function SourceForm({ tried, error, onRead }: SourceFormProps) {
  const [url, setUrl] = useState(tried?.url ?? '')
  const [text, setText] = useState(tried?.text ?? '')
  const [base, setBase] = useState(tried?.server_url ?? '')
  const [over, setOver] = useState(false)
  const [unread, setUnread] = useState<unknown>(null)
  const browse = useRef<HTMLInputElement>(null)

  const send = (source: ImportSource) => {
    setUnread(null)
    onRead(base.trim() ? { ...source, server_url: base.trim() } : source)
  }
  const take = (files: FileList | null) => {
    if (files && files.length > 0) readFiles([...files]).then(send, setUnread)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files)
  }
  return (
    <div className="max-w-3xl space-y-5">
      <Failure error={unread ?? error} tried={tried} onRead={onRead} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button inside does the same */}
      <div
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={cx(
          'flex flex-col items-center gap-3 rounded-panel border border-dashed px-4 py-8 text-center transition-colors',
          over ? 'border-accent bg-accent-wash' : 'border-edge/70 bg-panel',
        )}
      >
        <FileUp size={22} strokeWidth={1.5} className="text-ink-3" aria-hidden />
        <div>
          <p className="font-medium">Drop the description of an API here</p>
          <p className="mx-auto mt-1 max-w-prose text-small text-ink-2">
            OpenAPI or Swagger as JSON or YAML, in one file, several, or a zip. Postman collections, HAR recordings, curl commands
            and GraphQL schemas are recognised too.
          </p>
        </div>
        <Button onClick={() => browse.current?.click()}>Browse files</Button>
        <input
          ref={browse}
          type="file"
          multiple
          hidden
          aria-label="Files"
          onChange={({ target }) => {
            take(target.files)
            // The same file can be chosen again once it is corrected.
            target.value = ''
          }}
        />
      </div>
      <Field
        label="Or its address"
        hint="Of the description, or of the API or its documentation: the gateway looks for the description there."
      >
        <div className="flex gap-2">
          <Input
            mono
            inputMode="url"
            placeholder="https://crm.example.com/openapi.json"
            value={url}
            onValueChange={setUrl}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              if (url.trim()) send({ url: url.trim() })
            }}
          />
          <Button icon={<Link2 size={14} />} disabled={!url.trim()} onClick={() => send({ url: url.trim() })}>
            Fetch
          </Button>
        </div>
      </Field>
      <Field label="Or its text" hint="Any of these formats, or a Sallyport connector file.">
        <TextArea
          mono
          rows={6}
          value={text}
          onChange={({ target }) => setText(target.value)}
          placeholder={"openapi: 3.1.0\ninfo:\n  title: …\n\ncurl https://crm.example.com/customers -H 'X-API-Key: …'"}
        />
      </Field>
      {text.trim() && <Button onClick={() => send({ text })}>Read the text</Button>}
      <TextField
        label="Base URL of the API"
        optional
        mono
        inputMode="url"
        placeholder="https://crm.example.com/api/v1"
        value={base}
        onValueChange={setBase}
        hint="Only for documents that name no server, and for GraphQL schemas: the address of the endpoint."
      />
    </div>
  )
}

interface Place {
  readonly path: string
  readonly message: string
}

const isPlace = (value: unknown): value is Place =>
  typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string' && 'path' in value

/** What is wrong with the document, where, and what to do. */
function Failure({ error, tried, onRead }: SourceFormProps) {
  if (!error) return null
  const thrown = toProblem(error)
  const errors = thrown.diagnostics?.errors
  const places = Array.isArray(errors) ? errors.filter(isPlace).slice(0, 20) : []
  // Nothing here was a form of the gateway's: its sentence about the document says what to correct.
  const problem = thrown.code === 'INVALID_INPUT' ? { ...thrown, title: 'Not read', resolution: 'Nothing was stored.' } : thrown
  const files = Object.keys(tried?.files ?? {})
  return (
    <ProblemNotice problem={problem} onRetry={tried?.url === undefined ? undefined : () => onRead(tried)}>
      {places.length > 0 && (
        <ul className="mt-2 space-y-0.5 text-small">
          {places.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              <code>{path || '/'}</code> {message}
            </li>
          ))}
        </ul>
      )}
      {files.length > 1 && (
        <div className="mt-2.5 max-w-md">
          <Field label="Which of the files is the document">
            <Select
              value={tried?.root ?? ''}
              onChange={(root) => onRead({ ...tried, root })}
              options={files.map((value) => ({ value, label: value }))}
            />
          </Field>
        </div>
      )}
    </ProblemNotice>
  )
}
