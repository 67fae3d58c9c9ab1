import { useInfiniteQuery } from '@tanstack/react-query'
import { queries } from '../../api/queries.ts'
import { Checkbox, Segments } from '../../ui/choice.tsx'
import { TextField } from '../../ui/field.tsx'
import { type Draft, effects } from './draft.ts'

const ways = [
  { value: 'conditions', label: 'All that fit' },
  { value: 'hand', label: 'Only those picked by hand' },
] as const
const effectWords = { read: 'Reads', write: 'Writes', destructive: 'Destroys' } as const

const toggled = <T,>(list: readonly T[], value: T, on: boolean): readonly T[] =>
  on ? [...list, value] : list.filter((each) => each !== value)

/** Which tools are selected without being picked one by one. */
export function ToolsetConditions({
  draft,
  onChange,
}: {
  readonly draft: Draft
  readonly onChange: (changes: Partial<Draft>) => void
}) {
  const connectors = useInfiniteQuery(queries.connectors()).data?.pages.flatMap(({ items }) => items) ?? []
  // One that was deleted stays to be taken out.
  const gone = draft.connectors.filter((id) => !connectors.some((connector) => connector.id === id))
  const choices = [
    ...connectors.filter(({ connections }) => connections > 0).map(({ id, name }) => ({ id, name })),
    ...gone.map((id) => ({ id, name: id })),
  ]
  return (
    <fieldset className="space-y-3 rounded-panel border border-line px-4 pt-2 pb-4">
      <legend className="px-1 text-small font-medium text-ink-2">Tools</legend>
      <Segments
        label="How tools are selected"
        value={draft.byConditions ? 'conditions' : 'hand'}
        onChange={(way) => onChange({ byConditions: way === 'conditions' })}
        options={ways}
      />
      {draft.byConditions && (
        <>
          <div className="flex flex-wrap gap-x-5 gap-y-2">
            {effects.map((effect) => (
              <Checkbox
                key={effect}
                label={effectWords[effect]}
                checked={draft.effects.includes(effect)}
                onChange={(on) => onChange({ effects: toggled(draft.effects, effect, on) })}
              />
            ))}
          </div>
          {choices.length > 0 && (
            <div>
              <p className="mb-1.5 text-small text-ink-3">
                Of these connectors{draft.connectors.length === 0 && '; none chosen means all, those connected later included'}
              </p>
              <div className="grid max-h-40 gap-x-5 gap-y-2 overflow-y-auto py-0.5 sm:grid-cols-2">
                {choices.map(({ id, name }) => (
                  <Checkbox
                    key={id}
                    label={name}
                    checked={draft.connectors.includes(id)}
                    onChange={(on) => onChange({ connectors: toggled(draft.connectors, id, on) })}
                  />
                ))}
              </div>
            </div>
          )}
          <TextField
            label="With one of these tags"
            optional
            placeholder="customers, invoices"
            value={draft.tags}
            onValueChange={(tags) => onChange({ tags })}
          />
        </>
      )}
    </fieldset>
  )
}
