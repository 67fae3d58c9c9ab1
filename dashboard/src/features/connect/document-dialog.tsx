import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { asConnectorDocument, type ConnectorDocument } from '../../lib/connector-document.ts'
import { Button } from '../../ui/button.tsx'
import { Segments } from '../../ui/choice.tsx'
import { CodeEditor } from '../../ui/code-editor.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { type Format, readText, textOf } from '../connectors/document-text.ts'

interface DocumentDialogProps {
  readonly document: ConnectorDocument
  readonly onApply: (document: ConnectorDocument) => void
  readonly onClose: () => void
}

/** The draft as the file it will become, for those who would rather write it. */
export function DocumentDialog({ document, onApply, onClose }: DocumentDialogProps) {
  const [format, setFormat] = useState<Format>('yaml')
  const [text, setText] = useState(() => textOf({ ...document }, 'yaml'))
  const apply = useMutation({
    mutationFn: async () => asConnectorDocument(await readText(text)),
    onSuccess: (read) => {
      onApply(read)
      onClose()
    },
  })
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title="Connector document"
      description="Everything the steps show, and what they don't: limits, security, styles."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" busy={apply.isPending} onClick={() => apply.mutate()}>
            Apply
          </Button>
        </>
      }
    >
      <div className="space-y-3">
        <Segments
          label="Format"
          value={format}
          onChange={(next) => {
            setFormat(next)
            setText(textOf({ ...document }, next))
          }}
          options={[
            { value: 'yaml', label: 'YAML' },
            { value: 'json', label: 'JSON' },
          ]}
        />
        <CodeEditor label="Connector document" language={format} value={text} onChange={setText} className="h-[50dvh]" />
        <ErrorNotice error={apply.error} />
      </div>
    </Dialog>
  )
}
