import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Download, Pencil } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Json } from '../../api/types.ts'
import { saveFile } from '../../lib/save-file.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox, Segments } from '../../ui/choice.tsx'
import { CodeEditor } from '../../ui/code-editor.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'
import { type Format, readText, textOf } from './document-text.ts'

interface DocumentTabProps {
  readonly connectorId: string
  readonly version: string
  readonly editable: boolean
}

/** The connector file itself, to read, download, or replace by a new version. */
export function DocumentTab(props: DocumentTabProps) {
  const file = useQuery(queries.connectorFile(props.connectorId))
  if (file.isPending) return <SkeletonRows height={20} rows={12} />
  if (file.isError) return <ErrorNotice error={file.error} onRetry={() => void file.refetch()} />
  return <DocumentEditor document={file.data} {...props} />
}

function DocumentEditor({ connectorId, version, document, editable }: DocumentTabProps & { readonly document: Json }) {
  const client = useQueryClient()
  const [format, setFormat] = useState<Format>('yaml')
  const [draft, setDraft] = useState<string | null>(null)
  const [autoBump, setAutoBump] = useState(true)
  const save = useMutation({
    mutationFn: async (text: string) => api.connectors.update(connectorId, { document: await readText(text), autoBump }),
    onSuccess: async (created) => {
      say(`Version ${created.version} is in use`, `Before it was ${version}. Connections keep working with the new one.`)
      setDraft(null)
      await client.invalidateQueries()
    },
  })
  const text = draft ?? textOf(document, format)
  const editing = draft !== null
  return (
    <div className="flex h-full flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Segments
          label="Format"
          value={format}
          onChange={(next) => {
            setFormat(next)
            setDraft(null)
          }}
          options={[
            { value: 'yaml', label: 'YAML' },
            { value: 'json', label: 'JSON' },
          ]}
        />
        <span className="flex-1" />
        <CopyButton value={text} label="Copy the document" text="Copy" />
        <Button size="small" icon={<Download size={13} />} onClick={() => saveFile(`${connectorId}.${format}`, text)}>
          Download
        </Button>
        {editable && !editing && (
          <Button size="small" icon={<Pencil size={13} />} onClick={() => setDraft(text)}>
            New version
          </Button>
        )}
      </div>
      <ErrorNotice error={save.error} />
      <CodeEditor
        label="Connector document"
        language={format}
        value={text}
        {...(editing ? { onChange: setDraft } : {})}
        className="min-h-0 flex-1"
      />
      {editing && (
        <div className="flex flex-wrap items-center gap-3">
          <Checkbox
            label="Let the gateway choose the version"
            hint="It compares both documents and raises the part that the changes ask for."
            checked={autoBump}
            onChange={setAutoBump}
          />
          <span className="flex-1" />
          <Button
            onClick={() => {
              setDraft(null)
              save.reset()
            }}
          >
            Cancel
          </Button>
          <Button
            look="primary"
            busy={save.isPending}
            disabled={draft === textOf(document, format)}
            onClick={() => save.mutate(text)}
          >
            Save new version
          </Button>
        </div>
      )}
    </div>
  )
}
