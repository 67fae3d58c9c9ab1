import { useQuery } from '@tanstack/react-query'
import { queries } from '../../api/queries.ts'
import { Select } from '../../ui/choice.tsx'
import { Field } from '../../ui/field.tsx'
import { useCaller, useMay } from '../session/session.ts'

interface OwnerFieldProps {
  /** Empty for the workspace, `me`, or the id of a team. */
  readonly value: string
  readonly onChange: (owner: string) => void
}

/** Whose the connection is to be: everybody's, a team's, or one's own. */
export function OwnerField({ value, onChange }: OwnerFieldProps) {
  const caller = useCaller()
  const manager = useMay('manager')
  const teams = useQuery({ ...queries.everyTeam(), enabled: useMay('member') })
  const mine = (teams.data ?? []).filter(({ members }) =>
    members.some(({ id, role }) => id === caller?.id && (manager || role === 'manager')),
  )
  return (
    <Field label="Belongs to" hint="Calls take your own first, then a team’s, then the workspace’s.">
      <Select
        value={value}
        onChange={onChange}
        options={[
          { value: '', label: 'the workspace', hint: manager ? 'Every member may call it.' : 'Needs the role manager.' },
          ...mine.map(({ id, name }) => ({ value: id, label: `the team ${name}`, hint: 'Only its members see and call it.' })),
          ...(caller?.kind === 'session' ? [{ value: 'me', label: 'you alone', hint: 'Nobody else sees or calls it.' }] : []),
        ]}
      />
    </Field>
  )
}
