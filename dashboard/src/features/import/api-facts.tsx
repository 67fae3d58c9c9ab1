import { type Dispatch, useMemo } from 'react'
import { authLabelOf, secretFieldsOf } from '../../lib/connector-document.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { plainText } from '../../lib/plain-text.ts'
import { TextField } from '../../ui/field.tsx'
import { checkStates, Mark } from '../../ui/status.tsx'
import { type Review, type ReviewChange, schemeUses } from './review.ts'

/** Listed before the rest is counted. */
const few = 4

interface ApiFactsProps {
  readonly review: Review
  readonly change: Dispatch<ReviewChange>
}

/** What was recognised: the format, the name it will have, the servers, and the credential that will be asked for. */
export function ApiFacts({ review, change }: ApiFactsProps) {
  const { preview, servers, name, connector } = review
  const { report } = preview
  const urls = Object.entries(servers)
  return (
    <div className="space-y-5">
      <div>
        <p role="status" className="flex items-center gap-2">
          <Mark state={checkStates.passed} />
          <span className="font-medium">{report.format}</span>
          <span className="text-ink-2">
            ·{' '}
            {report.imported === report.operations
              ? plural(report.operations, 'operation')
              : `${formatCount(report.imported)} of ${plural(report.operations, 'operation')}`}
          </span>
        </p>
        {preview.description && <p className="mt-1.5 line-clamp-3 text-small text-ink-2">{plainText(preview.description)}</p>}
      </div>
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-1">
        <TextField
          label="Name"
          required
          maxLength={200}
          value={name}
          onValueChange={(next) => change({ kind: 'name', name: next })}
        />
        <TextField
          label="Identifier"
          mono
          required
          maxLength={63}
          value={connector}
          onValueChange={(next) => change({ kind: 'connector', connector: next })}
          hint={
            <>
              Agents call <code>custom.{connector || '…'}.…</code>; it can't be changed later.
            </>
          }
        />
      </div>
      <section>
        <h2 className="mb-1.5 font-semibold">{urls.length === 1 ? 'Server' : 'Servers'}</h2>
        <ul className="space-y-1">
          {urls.slice(0, few).map(([environment, { url }]) => (
            <li key={environment}>
              <span className="text-small text-ink-3">{environment}</span>
              <code className="block break-all">{url || 'asked for when it is connected'}</code>
            </li>
          ))}
        </ul>
        {urls.length > few && <p className="text-small text-ink-3">and {formatCount(urls.length - few)} more</p>}
      </section>
      <AuthReview review={review} />
    </div>
  )
}

function AuthReview({ review }: { readonly review: Review }) {
  const { auth, selected } = review
  const { needed, uses } = useMemo(() => schemeUses(review), [review])
  const schemes = Object.entries(auth)
  return (
    <section>
      <h2 className="mb-1.5 font-semibold">Credential</h2>
      {schemes.length === 0 ? (
        <p className="text-ink-2">
          None: the document names no authentication. If the API wants one, describe it with “Adjust it first”.
        </p>
      ) : (
        <ul className="space-y-2.5">
          {schemes.slice(0, few).map(([scheme, declared], index) => (
            <li key={scheme}>
              <p className="flex flex-wrap items-baseline gap-x-2">
                <span className="font-medium">{authLabelOf(declared)}</span>
                <code className="text-small text-ink-3">{scheme}</code>
              </p>
              <p className="text-small text-ink-2">
                {index === 0 ? 'Asked for when it is connected: ' : 'Can be chosen instead: '}
                {secretFieldsOf(declared)
                  .map(({ title }) => title)
                  .join(', ') || 'nothing'}
                . {acceptance(uses.get(scheme) ?? 0, needed, selected.size)}
              </p>
            </li>
          ))}
        </ul>
      )}
      {schemes.length > few && <p className="mt-1 text-small text-ink-3">and {formatCount(schemes.length - few)} more</p>}
    </section>
  )
}

/** How many of the chosen operations a scheme is for. */
function acceptance(accepting: number, needed: number, chosen: number): string {
  if (needed === 0) return 'None of the chosen operations needs it.'
  if (accepting < needed) return `${formatCount(accepting)} of ${plural(needed, 'chosen operation')} accept it.`
  return needed === chosen
    ? 'Every chosen operation accepts it.'
    : `The ${plural(needed, 'chosen operation')} that need a credential accept it.`
}
