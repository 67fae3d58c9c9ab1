import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { queries } from '../../api/queries.ts'
import type { Role, Token } from '../../api/types.ts'
import { Select } from '../../ui/choice.tsx'
import { Field, TextField } from '../../ui/field.tsx'
import { CassetteField } from '../cassettes/cassette-field.tsx'

const roles: readonly { readonly value: Role; readonly label: string; readonly hint: string }[] = [
  { value: 'viewer', label: 'viewer', hint: 'Reads definitions and the log.' },
  { value: 'member', label: 'member', hint: 'Calls actions. Right for an agent.' },
  { value: 'manager', label: 'manager', hint: 'Also connects APIs and decides on approvals.' },
  { value: 'admin', label: 'admin', hint: 'Also defines connectors and makes tokens.' },
]

/** The most that the API takes. */
const mostPerMinute = 1_000_000
const mostPerDay = 100_000_000

/** What a token may, as it is typed; empty is no bound. */
export interface Terms {
  readonly name: string
  readonly role: Role
  readonly toolset: string
  readonly cassette: string
  readonly environments: string
  readonly ranges: string
  readonly perMinute: string
  readonly perDay: string
}

export const freshTerms: Terms = {
  name: '',
  role: 'member',
  toolset: '',
  cassette: '',
  environments: '',
  ranges: '',
  perMinute: '',
  perDay: '',
}

export function termsOf(token: Token): Terms {
  return {
    name: token.name,
    role: token.role,
    toolset: token.toolset?.id ?? '',
    cassette: token.cassette ?? '',
    environments: (token.environments ?? []).join(', '),
    ranges: (token.caller_ips ?? []).join(', '),
    perMinute: token.per_minute === null ? '' : String(token.per_minute),
    perDay: token.per_day === null ? '' : String(token.per_day),
  }
}

// What is confined to some of the tools does nothing else.
const isConfined = ({ toolset, environments, cassette }: Terms) =>
  toolset !== '' || environments.trim() !== '' || cassette.trim() !== ''
const roleOf = (terms: Terms): Role => (isConfined(terms) && terms.role !== 'viewer' ? 'member' : terms.role)
const wordsOf = (text: string) => {
  const words = text.split(/[\s,]+/).filter((word) => word !== '')
  return words.length === 0 ? null : words
}

/** The terms in the words of the API; null is no bound. */
export function requestOf(terms: Terms) {
  return {
    name: terms.name.trim(),
    role: roleOf(terms),
    toolset: terms.toolset || null,
    cassette: terms.cassette.trim() || null,
    environments: wordsOf(terms.environments),
    caller_ips: wordsOf(terms.ranges),
    per_minute: terms.perMinute ? Number(terms.perMinute) : null,
    per_day: terms.perDay ? Number(terms.perDay) : null,
  }
}

interface TermFieldsProps {
  readonly terms: Terms
  readonly onChange: (terms: Terms) => void
  /** Whose connections it reaches; said once, when it is made. */
  readonly scope?: ReactNode
  /** Until when it counts. */
  readonly validity: ReactNode
}

/** What a token may, to be filled in: when it is made, and when it is changed. */
export function TermFields({ terms, onChange, scope, validity }: TermFieldsProps) {
  const toolsets = useQuery(queries.toolsets()).data?.items ?? []
  const set = (change: Partial<Terms>) => onChange({ ...terms, ...change })
  const confined = isConfined(terms)
  return (
    <>
      <TextField
        label="Name"
        required
        autoFocus
        maxLength={100}
        placeholder="Support agent"
        value={terms.name}
        onValueChange={(name) => set({ name })}
        hint="Who will use it; the log shows this name."
      />
      <Field label="Tools" hint={confined ? 'It lists and calls these, and does nothing else here.' : undefined}>
        <Select
          value={terms.toolset}
          onChange={(toolset) => set({ toolset })}
          options={[{ value: '', label: 'all tools' }, ...toolsets.map(({ id, name: label }) => ({ value: id, label }))]}
        />
      </Field>
      <div className={scope ? 'grid grid-cols-2 gap-4' : undefined}>
        {scope}
        <TextField
          label="Environments"
          optional
          placeholder="all"
          value={terms.environments}
          onValueChange={(environments) => set({ environments })}
          hint="Such as sandbox"
        />
      </div>
      <div className="grid grid-cols-2 gap-4">
        <Field label="Role">
          <Select
            value={roleOf(terms)}
            onChange={(role) => set({ role })}
            options={
              confined ? roles.slice(0, 2) : terms.role === 'owner' ? [...roles, { value: 'owner', label: 'owner' }] : roles
            }
          />
        </Field>
        {validity}
      </div>
      <TextField
        label="Only from these addresses"
        optional
        mono
        placeholder="203.0.113.7/32, 10.0.0.0/8"
        value={terms.ranges}
        onValueChange={(ranges) => set({ ranges })}
      />
      <div className="grid grid-cols-2 gap-4">
        <TextField
          label="Calls per minute"
          optional
          type="number"
          inputMode="numeric"
          min={1}
          max={mostPerMinute}
          placeholder="no limit"
          value={terms.perMinute}
          onValueChange={(perMinute) => set({ perMinute })}
        />
        <TextField
          label="Calls per day"
          optional
          type="number"
          inputMode="numeric"
          min={1}
          max={mostPerDay}
          placeholder="no limit"
          value={terms.perDay}
          onValueChange={(perDay) => set({ perDay })}
        />
      </div>
      <CassetteField
        label="Replays the cassette"
        optional
        value={terms.cassette}
        onChange={(cassette) => set({ cassette })}
        hint="All its calls are answered from it, and nothing is sent. For tests."
      />
    </>
  )
}
