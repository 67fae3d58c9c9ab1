import type { Connection } from '../../api/types.ts'
import { Select } from '../../ui/choice.tsx'
import { Field } from '../../ui/field.tsx'
import { CassetteField } from '../cassettes/cassette-field.tsx'
import { useMay } from '../session/session.ts'
import type { Rehearsal } from './use-run.ts'

type Way = 'live' | 'mock' | 'record' | 'replay'

/** How a try is answered, as it is chosen: the way, and which scenario or cassette. */
export interface Rehearsing {
  readonly way: Way
  readonly scenario: string
  readonly cassette: string
}

/** What is asked of the gateway; null while the name of a cassette is missing. */
export function rehearsalOf({ way, scenario, cassette }: Rehearsing): Rehearsal | null {
  if (way === 'live') return {}
  if (way === 'mock') return { mock: scenario }
  const name = cassette.trim()
  if (name === '') return null
  return way === 'record' ? { record: name } : { replay: name }
}

interface ChoiceProps {
  readonly value: Rehearsing
  readonly onChange: (value: Rehearsing) => void
  readonly connection: Pick<Connection, 'mock' | 'record' | 'owner'>
  /** The scenarios of the action. */
  readonly scenarios: readonly string[]
}

/** Whether a try goes to the API, and is recorded, or is answered without it. */
export function RehearsalChoice({ value, onChange, connection, scenarios }: ChoiceProps) {
  const { way, scenario, cassette } = value
  const manager = useMay('manager')
  const usual =
    connection.mock === null
      ? connection.record === null
        ? { label: 'Live' }
        : { label: 'Live', hint: `Recorded on ${connection.record}, as all calls of this connection.` }
      : { label: 'As the connection', hint: `It answers with the mock scenario ${connection.mock}.` }
  const ways: readonly { readonly value: Way; readonly label: string; readonly hint?: string }[] = [
    { value: 'live', ...usual },
    ...(scenarios.length > 0
      ? [{ value: 'mock', label: 'Mock', hint: 'A scenario of the action; nothing is sent.' } as const]
      : []),
    ...(manager && connection.owner === 'workspace' && connection.mock === null
      ? [{ value: 'record', label: 'Record', hint: 'Live, and the answer is kept on a cassette.' } as const]
      : []),
    { value: 'replay', label: 'Replay', hint: 'What a cassette has; nothing is sent.' },
  ]
  return (
    <div className="grid max-w-md grid-cols-2 items-start gap-4">
      <Field label="Answer">
        <Select value={way} onChange={(next) => onChange({ ...value, way: next })} options={ways} />
      </Field>
      {way === 'mock' && (
        <Field label="Scenario">
          <Select
            value={scenario}
            onChange={(next) => onChange({ ...value, scenario: next })}
            options={scenarios.map((name) => ({ value: name, label: name }))}
          />
        </Field>
      )}
      {(way === 'record' || way === 'replay') && (
        <CassetteField
          label={way === 'record' ? 'On the cassette' : 'From the cassette'}
          value={cassette}
          onChange={(next) => onChange({ ...value, cassette: next })}
        />
      )}
    </div>
  )
}
