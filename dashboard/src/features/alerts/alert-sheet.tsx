import { useQuery } from '@tanstack/react-query'
import { queries } from '../../api/queries.ts'
import { Sheet } from '../../ui/overlay.tsx'
import { ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { Ago, Clock } from '../../ui/time.tsx'
import { kindWords, stateOf } from './words.ts'

/** One alert: what it measured, since when, and who was told. */
export function AlertSheet({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const query = useQuery(queries.alert(id))
  const alert = query.data
  return (
    <Sheet
      onClose={onClose}
      label="Alert"
      header={
        <>
          <h2 className="truncate text-lead font-semibold">{alert?.rule.name ?? 'Alert'}</h2>
          {alert && <p className="truncate text-small text-ink-3">{alert.label}</p>}
        </>
      }
    >
      {query.isPending && <SkeletonRows rows={4} height={40} />}
      <ErrorNotice error={query.error} className="m-5" />
      {alert && (
        <div className="space-y-5 p-5">
          <Status state={stateOf(alert)} />
          <dl className="grid grid-cols-[8rem_minmax(0,1fr)] gap-x-4 gap-y-2">
            <dt className="text-ink-3">Measured</dt>
            <dd>
              {kindWords[alert.rule.kind].value(alert.value)}; the rule fires at {alert.threshold}
            </dd>
            {alert.examples.length > 0 && (
              <>
                <dt className="text-ink-3">Such as</dt>
                <dd className="break-words">{alert.examples.join(', ')}</dd>
              </>
            )}
            <dt className="text-ink-3">Severity</dt>
            <dd>{alert.severity}</dd>
            <dt className="text-ink-3">Since</dt>
            <dd>
              <Clock at={alert.since} />
            </dd>
            {alert.resolved_at && (
              <>
                <dt className="text-ink-3">Resolved</dt>
                <dd>
                  <Clock at={alert.resolved_at} />
                </dd>
              </>
            )}
            {alert.silenced !== null && (
              <>
                <dt className="text-ink-3">Silenced</dt>
                <dd>{alert.silenced}</dd>
              </>
            )}
          </dl>
          <section className="space-y-2">
            <h3 className="caption">Who was told</h3>
            {alert.deliveries.length === 0 && <p className="text-ink-2">Nobody.</p>}
            {alert.deliveries.map(({ event, channel, attempts, delivered_at, due_at, last_error }) => (
              <p key={`${event} ${channel}`} className="flex flex-wrap gap-x-3">
                <span className="font-medium">{channel}</span>
                <span className="text-ink-2">{event === 'firing' ? 'that it fires' : 'that it is over'}</span>
                <span className={last_error ? 'text-bad' : 'text-ink-3'}>
                  {delivered_at ? <Ago at={delivered_at} /> : (last_error ?? 'soon')}
                  {!delivered_at && due_at === null && ', given up'}
                  {attempts > 1 && `, ${attempts} attempts`}
                </span>
              </p>
            ))}
          </section>
        </div>
      )}
    </Sheet>
  )
}
