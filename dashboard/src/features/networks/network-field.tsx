import { useInfiniteQuery } from '@tanstack/react-query'
import { queries } from '../../api/queries.ts'
import { Select } from '../../ui/choice.tsx'
import { Field } from '../../ui/field.tsx'
import { useMay } from '../session/session.ts'

interface NetworkFieldProps {
  /** Id of a network; empty for straight from the gateway. */
  readonly value: string
  readonly onChange: (network: string) => void
}

/** Through which private network a connection leads. Not there while the workspace has none. */
export function NetworkField({ value, onChange }: NetworkFieldProps) {
  const query = useInfiniteQuery({ ...queries.networks(), enabled: useMay('member') })
  const networks = query.data?.pages.flatMap(({ items }) => items) ?? []
  if (networks.length === 0 && value === '') return null
  return (
    <Field label="Leads through" hint="An agent in the network makes the requests.">
      <Select
        value={value}
        onChange={onChange}
        options={[
          { value: '', label: 'the internet, from the gateway itself' },
          ...networks.map(({ id, name, online }) => ({
            value: id,
            label: `the network ${name}`,
            ...(!online && { hint: 'No agent of it is connected now.' }),
          })),
        ]}
      />
    </Field>
  )
}
