import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { TraceStep } from '../../api/types.ts'
import { useMay } from '../session/session.ts'

/** Which scenario or cassette answered a call in place of its API, or on which its answer was recorded; nothing of other calls. */
export function AnsweredBy({ trace }: { readonly trace: readonly TraceStep[] }) {
  const manager = useMay('manager')
  const step = trace.find(({ name }) => name !== undefined)
  if (step?.name === undefined) return null
  return <p className="rounded-panel bg-sunken p-3.5">{wordsOf({ ...step, name: step.name }, manager)}</p>
}

function wordsOf({ stage, name, failed }: TraceStep & { readonly name: string }, linked: boolean): ReactNode {
  if (stage === 'fallback')
    return (
      <>
        A fallback: the call{' '}
        <Link to="/calls/$callId" params={{ callId: name }} className="font-medium text-accent hover:underline">
          {name}
        </Link>{' '}
        failed at its API.
      </>
    )
  if (stage === 'mock')
    return (
      <>
        {failed ? 'Failed as' : 'Answered with'} the mock scenario <code className="font-medium">{name}</code>. Nothing was sent.
      </>
    )
  const cassette = linked ? (
    <Link to="/cassettes/$name" params={{ name }} className="font-medium text-accent hover:underline">
      {name}
    </Link>
  ) : (
    <code className="font-medium">{name}</code>
  )
  if (stage === 'replay')
    return failed ? (
      <>Asked the cassette {cassette}. Nothing was sent.</>
    ) : (
      <>Answered from the cassette {cassette}. Nothing was sent.</>
    )
  return failed ? <>Could not be recorded on the cassette {cassette}.</> : <>Recorded on the cassette {cassette}.</>
}
