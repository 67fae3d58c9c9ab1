import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ArrowRight } from 'lucide-react'
import { type Dispatch, useEffect, useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import { asConnectorDocument, type ConnectorDocument } from '../../lib/connector-document.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { TabPanel, Tabs } from '../../ui/tabs.tsx'
import { say } from '../../ui/toast.tsx'
import { useMay } from '../session/session.ts'
import { ApiFacts } from './api-facts.tsx'
import { ImportReportList } from './import-report.tsx'
import { OperationList } from './operation-list.tsx'
import { importRequest, missingIn, noFilter, type Review, type ReviewChange, tokensOf } from './review.ts'

type Tab = 'operations' | 'report'

interface ReviewPaneProps {
  readonly review: Review
  readonly change: Dispatch<ReviewChange>
  readonly onAdjust: (document: ConnectorDocument) => void
  readonly onCreated: () => void
}

/** What was recognised, what is chosen of it, and what the import left out; then the connector is made. */
export function ReviewPane({ review, change, onAdjust, onCreated }: ReviewPaneProps) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const mayDefine = useMay('admin')
  const [tab, setTab] = useState<Tab>('operations')
  const [filter, setFilter] = useState(noFilter)
  const [reportText, setReportText] = useState('')
  const [asked, setAsked] = useState(false)
  const news = useRef<HTMLDivElement>(null)
  // It takes the place of what had the focus.
  useEffect(() => news.current?.focus(), [])

  const create = useMutation({
    mutationFn: () => api.connectors.create({ ...importRequest(review) }),
    onSuccess: async ({ id, actions }) => {
      say(`${review.name} added`, `${plural(actions.length, 'action')}. Connect an account of it to use them.`)
      onCreated()
      await client.invalidateQueries({ queryKey: ['connectors'] })
      await navigate({ to: '/connect', search: { connector: id } })
    },
  })
  const adjust = useMutation({
    mutationFn: async () => asConnectorDocument((await api.connectors.parse(importRequest(review))).document),
    onSuccess: onAdjust,
  })
  const missing = missingIn(review)
  const tokens = tokensOf(review)
  const whenComplete = (act: () => void) => () => {
    setAsked(true)
    if (!missing) act()
  }
  const { report } = review.preview
  return (
    <div
      ref={news}
      tabIndex={-1}
      role="group"
      aria-label={`Review of ${review.preview.name}`}
      className="flex min-h-0 flex-1 flex-col border-t border-line outline-none"
    >
      <div className="min-h-0 flex-1 overflow-y-auto lg:grid lg:grid-cols-[21rem_minmax(0,1fr)] lg:overflow-hidden">
        <div className="border-line px-4 py-4 max-lg:border-b md:px-8 lg:min-h-0 lg:overflow-y-auto lg:border-r lg:pr-6">
          <ApiFacts review={review} change={change} />
        </div>
        <div className="flex h-[calc(100dvh-9rem)] min-h-0 flex-col lg:h-auto">
          <Tabs<Tab>
            value={tab}
            onChange={setTab}
            listClassName="px-4 md:px-6"
            tabs={[
              {
                value: 'operations',
                label: (
                  <>
                    Operations <span className="text-ink-3 tabular">{formatCount(review.items.length)}</span>
                  </>
                ),
              },
              {
                value: 'report',
                label: (
                  <>
                    Import report <span className="text-ink-3 tabular">{formatCount(report.entries.length)}</span>
                  </>
                ),
              },
            ]}
          >
            <TabPanel value="operations" className="flex min-h-0 flex-1 flex-col">
              <OperationList
                review={review}
                change={change}
                filter={filter}
                setFilter={setFilter}
                onNotes={(action) => {
                  setReportText(action)
                  setTab('report')
                }}
              />
            </TabPanel>
            <TabPanel value="report" className="flex min-h-0 flex-1 flex-col">
              <ImportReportList report={report} text={reportText} setText={setReportText} />
            </TabPanel>
          </Tabs>
        </div>
      </div>
      <footer className="space-y-2 border-t border-line bg-bg px-4 py-3 md:px-8">
        <ErrorNotice error={create.error ?? adjust.error} />
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          {mayDefine ? (
            <>
              <Button look="primary" busy={create.isPending} onClick={whenComplete(() => create.mutate())}>
                Create and connect
                <ArrowRight size={14} aria-hidden />
              </Button>
              <Button busy={adjust.isPending} onClick={whenComplete(() => adjust.mutate())}>
                Adjust it first
              </Button>
            </>
          ) : (
            <span className="text-ink-2">Adding a connector takes an administrator.</span>
          )}
          <span className="text-small text-ink-2 tabular">
            {formatCount(review.selected.size)} of {formatCount(review.items.length)} chosen
          </span>
          {tokens !== null && tokens > 0 && (
            <span className="text-small text-ink-3 tabular" title="What these tools take of the context of a model, estimated">
              about {formatCount(tokens)} tokens
            </span>
          )}
          <p role="status" className="text-small text-bad">
            {asked && missing}
          </p>
        </div>
      </footer>
    </div>
  )
}
