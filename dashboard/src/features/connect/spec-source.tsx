import { useMutation } from '@tanstack/react-query'
import { FileUp, Link2 } from 'lucide-react'
import { type DragEvent, useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import type { ImportReport } from '../../api/types.ts'
import { asConnectorDocument, type ConnectorDocument } from '../../lib/connector-document.ts'
import { cx } from '../../lib/cx.ts'
import { Button } from '../../ui/button.tsx'
import { Field, Input, TextArea } from '../../ui/field.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import type { Source } from './draft.ts'

interface SpecSourceProps {
  readonly onParsed: (document: ConnectorDocument, source: Source, report: ImportReport) => void
}

/** Takes an API document as a file (dropped or browsed), an address, or pasted text; the gateway reads it. */
export function SpecSource({ onParsed }: SpecSourceProps) {
  const [url, setUrl] = useState('')
  const [text, setText] = useState('')
  const [over, setOver] = useState(false)
  const file = useRef<HTMLInputElement>(null)
  const parse = useMutation({
    mutationFn: (source: Source) => api.connectors.parse(source),
    onSuccess: ({ document, report }, source) => onParsed(asConnectorDocument(document), source, report),
  })
  const read = async (chosen: File | undefined) => {
    if (chosen) parse.mutate({ text: await chosen.text() })
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void read(event.dataTransfer.files[0])
  }
  return (
    <div className="space-y-4">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button inside does the same */}
      <div
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={cx(
          'flex flex-col items-center gap-3 rounded-panel border border-dashed px-4 py-9 text-center transition-colors',
          over ? 'border-accent bg-accent-wash' : 'border-edge/70 bg-panel',
        )}
      >
        <FileUp size={22} strokeWidth={1.5} className="text-ink-3" aria-hidden />
        <p>
          Drop an <b className="font-semibold">openapi.json</b> or <b className="font-semibold">openapi.yaml</b> here
        </p>
        <Button onClick={() => file.current?.click()} busy={parse.isPending}>
          {parse.isPending ? 'Reading the document' : 'Browse files'}
        </Button>
        <input
          ref={file}
          type="file"
          accept=".json,.yaml,.yml,application/json,application/yaml,text/yaml"
          hidden
          onChange={({ target }) => void read(target.files?.[0])}
        />
      </div>
      <ErrorNotice error={parse.error} />
      <Field label="Or its address">
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
              if (url.trim()) parse.mutate({ url: url.trim() })
            }}
          />
          <Button
            icon={<Link2 size={14} />}
            disabled={!url.trim() || parse.isPending}
            onClick={() => parse.mutate({ url: url.trim() })}
          >
            Fetch
          </Button>
        </div>
      </Field>
      <Field label="Or its text" hint="JSON or YAML. A Sallyport connector file works too.">
        <TextArea
          mono
          rows={5}
          value={text}
          onChange={({ target }) => setText(target.value)}
          placeholder={'openapi: 3.1.0\ninfo:\n  title: …'}
        />
      </Field>
      {text.trim() && (
        <Button disabled={parse.isPending} onClick={() => parse.mutate({ text })}>
          Read the text
        </Button>
      )}
    </div>
  )
}
