import { useNavigate, useSearch } from '@tanstack/react-router'
import { PencilRuler } from 'lucide-react'
import { useEffect, useEffectEvent, useReducer, useState } from 'react'
import type { ImportSource } from '../../api/types.ts'
import type { ConnectorDocument } from '../../lib/connector-document.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Segments } from '../../ui/choice.tsx'
import { Page } from '../../ui/page.tsx'
import { keepDraft } from '../connect/kept-draft.ts'
import { McpServer } from './mcp-server.tsx'
import { ReadingProgress } from './reading-progress.tsx'
import { type Review, type ReviewChange, reviewed } from './review.ts'
import { ReviewPane } from './review-pane.tsx'
import { SourceForm } from './source-form.tsx'
import { usePreview } from './use-preview.ts'

/** The review outlives a look at another page. */
let kept: Review | null = null

type Change = ReviewChange | { readonly kind: 'open'; readonly review: Review | null }

const changed = (review: Review | null, change: Change): Review | null =>
  change.kind === 'open' ? change.review : review && reviewed(review, change)

/** A description of an API becomes a connector: read it, choose from it, create it. */
export function ImportPage() {
  const navigate = useNavigate()
  const [review, change] = useReducer(changed, kept)
  const [tried, setTried] = useState<ImportSource>()
  useEffect(() => {
    kept = review
  }, [review])
  const adjust = (document: ConnectorDocument) => {
    keepDraft(document)
    void navigate({ to: '/connect' })
  }
  const { read, progress, cancel } = usePreview({
    onReview: (next) => change({ kind: 'open', review: next }),
    onConnector: adjust,
  })
  // A public document picked in the catalog is read at once.
  const { catalog, from = 'document' } = useSearch({ from: '/import' })
  const pick = useEffectEvent((id: string) => {
    void navigate({ to: '/import', replace: true })
    change({ kind: 'open', review: null })
    setTried({ catalog: id })
    read.mutate({ catalog: id })
  })
  useEffect(() => {
    if (catalog !== undefined) pick(catalog)
  }, [catalog])
  const startOver = () => {
    setTried(undefined)
    read.reset()
    change({ kind: 'open', review: null })
  }
  return (
    <Page
      title="Add a connector"
      description="From the description of an API or an MCP server: what agents may use of it is chosen before anything is stored."
      actions={
        review ? (
          <Button onClick={startOver}>Use another document</Button>
        ) : (
          <ButtonLink to="/connect" icon={<PencilRuler size={14} />}>
            Describe it by hand
          </ButtonLink>
        )
      }
    >
      {review ? (
        <ReviewPane
          review={review}
          change={change}
          onAdjust={adjust}
          onCreated={() => {
            kept = null
          }}
        />
      ) : (
        <div className="min-h-0 flex-1 space-y-5 overflow-y-auto px-4 pt-1 pb-8 md:px-8">
          {!read.isPending && (
            <Segments
              label="What it is made from"
              value={from}
              onChange={(next) => void navigate({ to: '/import', search: { from: next }, replace: true })}
              options={[
                { value: 'document', label: 'Description of an API' },
                { value: 'mcp', label: 'Custom MCP server' },
              ]}
            />
          )}
          {from === 'mcp' ? (
            <McpServer />
          ) : read.isPending ? (
            <ReadingProgress progress={progress} onCancel={cancel} />
          ) : (
            <SourceForm
              tried={tried}
              error={read.error}
              onRead={(source) => {
                setTried(source)
                read.mutate(source)
              }}
            />
          )}
        </div>
      )}
    </Page>
  )
}
