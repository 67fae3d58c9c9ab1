import { Link } from '@tanstack/react-router'
import type { Approval } from '../../api/types.ts'
import { Chip, callStates, Mark } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'

/** Which rules stopped the call, and how the last ones of its action ended. */
export function WhyWaiting({ approval: { policy, risk, similar } }: { readonly approval: Approval }) {
  const asking = policy.filter(({ asks }) => asks)
  return (
    <>
      {asking.length > 0 && (
        <section>
          <h3 className="caption mb-1.5 flex items-center gap-2">
            Why it waits {risk === 'high' && <Chip tone="bad">high risk</Chip>}
          </h3>
          <ul className="space-y-0.5 text-ink-2">
            {asking.map(({ rule, says }) => (
              <li key={rule}>{says}</li>
            ))}
          </ul>
        </section>
      )}
      {similar && similar.calls.length > 0 && (
        <section>
          <h3 className="caption mb-1.5">
            The last calls of this action: {similar.succeeded} succeeded, {similar.failed} failed
          </h3>
          <ul className="space-y-0.5">
            {similar.calls.slice(0, 5).map((call) => (
              <li key={call.id} className="flex items-center gap-2 text-small">
                <Mark state={callStates[call.status]} />
                <Link to="/calls/$callId" params={{ callId: call.id }} className="min-w-0 flex-1 truncate hover:underline">
                  {call.caller.name}: {call.error_code ?? callStates[call.status].words.toLowerCase()}
                </Link>
                <span className="text-ink-3">
                  <Ago at={call.started_at} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}
