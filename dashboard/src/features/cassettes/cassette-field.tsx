import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { queries } from '../../api/queries.ts'
import { TextField } from '../../ui/field.tsx'
import { useMay } from '../session/session.ts'

interface CassetteFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (name: string) => void
  readonly hint?: string
  readonly optional?: boolean
}

/** The name of a cassette, with those that there are to choose from. A new name is a new cassette. */
export function CassetteField({ label, value, onChange, hint, optional }: CassetteFieldProps) {
  const list = useId()
  const cassettes = useQuery({ ...queries.cassettes(), enabled: useMay('manager') }).data?.items ?? []
  return (
    <>
      <TextField
        label={label}
        mono
        list={list}
        maxLength={63}
        pattern="[a-z0-9][a-z0-9\-]*"
        title="Lower-case letters, digits and “-”"
        placeholder="shop"
        value={value}
        onValueChange={onChange}
        {...(hint !== undefined && { hint })}
        {...(optional && { optional })}
      />
      <datalist id={list}>
        {cassettes.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  )
}
