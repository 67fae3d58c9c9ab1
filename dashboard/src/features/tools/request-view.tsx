import type { Plan, PlannedRequest } from '../../api/types.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { WholeJson } from '../../ui/whole-json.tsx'

/** How the gateway writes a credential that it left out. */
const redacted = /\[redacted\]|^added by the gateway/

interface RequestViewProps<P extends Plan = Plan> {
  readonly request: P
  /** Nothing folded or cut: for what a person decides on. */
  readonly whole?: boolean
}

/** What a call would do: the request as it would go over the wire, credentials left out, or the command and what it gets. */
export function RequestView({ request: plan, whole = false }: RequestViewProps) {
  if (!('command' in plan)) return <HttpRequestView request={plan} whole={whole} />
  return (
    <div className="overflow-hidden rounded-panel border border-line">
      <div className="bg-sunken px-3 py-2">
        Runs <code className="font-semibold">{plan.command}</code>
      </div>
      {whole ? (
        <WholeJson value={plan.input} label="the input" />
      ) : (
        <JsonView value={plan.input} label="the input" depth={4} flush />
      )}
    </div>
  )
}

function HttpRequestView({ request, whole }: RequestViewProps<PlannedRequest>) {
  return (
    <div className="overflow-hidden rounded-panel border border-line">
      <div className="flex items-start gap-2 bg-sunken py-2 pr-1.5 pl-3">
        <code className="mt-px font-semibold">{request.method}</code>
        <code className="min-w-0 flex-1 break-all">{request.url}</code>
        <span className="-my-1">
          <CopyButton value={request.url} label="Copy the URL" />
        </span>
      </div>
      {Object.keys(request.headers).length > 0 && (
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 border-t border-line px-3 py-2 font-mono text-small">
          {Object.entries(request.headers).map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-ink-3">{name}</dt>
              <dd className="min-w-0 break-all">
                {redacted.test(value) ? (
                  <span className="text-accent" title="The gateway puts the credential here">
                    {value}
                  </span>
                ) : (
                  value
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {request.body !== undefined &&
        request.body !== null &&
        (whole ? (
          <WholeJson value={request.body} label="the body" />
        ) : (
          <JsonView value={request.body} label="the body" depth={4} flush />
        ))}
    </div>
  )
}
