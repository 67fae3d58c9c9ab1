import { hashKey, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import { plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice, Skeleton } from '../../ui/states.tsx'
import { Ago } from '../../ui/time.tsx'
import { WholeJson } from '../../ui/whole-json.tsx'

/** What was built, by an agent perhaps, and nobody can connect or call yet; nothing while there is none. */
export function Drafts() {
  const { data } = useQuery(queries.connectorDrafts())
  const [open, setOpen] = useState<string | null>(null)
  if (data === undefined || data.items.length === 0) return null
  return (
    <section aria-label="Drafts" className="border-t border-line px-4 py-3 md:px-8">
      <h2 className="caption mb-1">Drafts</h2>
      <ul className="divide-y divide-line">
        {data.items.map(({ connector, name, actions, published_version, updated_by, updated_at }) => (
          <li key={connector} className="py-2">
            <div className="flex items-center gap-3">
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium">{name}</span>
                <span className="text-small text-ink-3">
                  {published_version === null ? 'New' : `Follows ${published_version}`} · {plural(actions, 'action')} ·{' '}
                  {updated_by}, <Ago at={updated_at} />
                </span>
              </span>
              <Button
                size="small"
                aria-expanded={open === connector}
                aria-label={`${open === connector ? 'Close' : 'Review'} ${name}`}
                onClick={() => setOpen(open === connector ? null : connector)}
              >
                {open === connector ? 'Close' : 'Review'}
              </Button>
            </div>
            {open === connector && <DraftReview connector={connector} />}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The whole document, and only below it the decision. */
function DraftReview({ connector }: { readonly connector: string }) {
  const client = useQueryClient()
  const draft = queries.connectorDraft(connector)
  const { data, error } = useQuery(draft)
  // Everything but the draft itself, which is gone then.
  const onSettled = () =>
    client.invalidateQueries({ queryKey: ['connectors'], predicate: ({ queryHash }) => queryHash !== hashKey(draft.queryKey) })
  const publish = useMutation({ mutationFn: () => api.connectorDrafts.publish(connector), onSettled })
  const discard = useMutation({ mutationFn: () => api.connectorDrafts.discard(connector), onSettled })
  if (data === undefined) return error ? <ErrorNotice error={error} /> : <Skeleton className="mt-2 h-24" />
  return (
    <div className="mt-2 overflow-hidden rounded-panel border border-line">
      <WholeJson value={data.document} label={`Document of ${data.name}`} />
      <ErrorNotice error={publish.error ?? discard.error} className="m-3" />
      <div className="flex justify-end gap-2 border-t border-line px-3 py-2">
        <Button size="small" look="quiet" busy={discard.isPending} disabled={publish.isPending} onClick={() => discard.mutate()}>
          Discard
        </Button>
        <Button
          size="small"
          look="primary"
          busy={publish.isPending}
          disabled={discard.isPending}
          onClick={() => publish.mutate()}
        >
          Publish
        </Button>
      </div>
    </div>
  )
}
