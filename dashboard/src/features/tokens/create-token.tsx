import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/choice.tsx'
import { Field } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { useCaller } from '../session/session.ts'
import { endOf, type Lifetime, lifetimes } from './lifetimes.ts'
import { NewSecret } from './new-secret.tsx'
import { freshTerms, requestOf, TermFields } from './token-terms.tsx'

/** Makes a token and shows it this one time, with what a client needs to use it. */
export function CreateToken({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const client = useQueryClient()
  const person = useCaller()?.kind === 'session'
  const [terms, setTerms] = useState(freshTerms)
  const [days, setDays] = useState<Lifetime>('')
  const [scope, setScope] = useState('')
  const teams = useQuery(queries.everyTeam()).data ?? []
  const toolsets = useQuery(queries.toolsets()).data?.items ?? []
  const create = useMutation({
    mutationFn: () => {
      const { name, role, ...bounds } = requestOf(terms)
      return api.tokens.create({
        name,
        role,
        ...(scope === 'me' ? { personal: true } : scope ? { team: scope } : {}),
        ...(days ? { expires_at: endOf(days) } : {}),
        ...withoutNulls(bounds),
      })
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['tokens'] }),
  })
  const close = () => {
    create.reset()
    setTerms(freshTerms)
    setDays('')
    setScope('')
    onClose()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate()
  }
  if (create.data)
    return (
      <NewSecret
        open={open}
        onClose={close}
        title={`${create.data.name} is ready`}
        token={create.data.token}
        toolset={toolsets.find(({ id }) => id === terms.toolset)?.slug}
      />
    )
  return (
    <Dialog open={open} onClose={close} title="New token">
      <form onSubmit={submit} className="space-y-4 pb-2">
        <TermFields
          terms={terms}
          onChange={setTerms}
          scope={
            <Field label="Connections">
              <Select
                value={scope}
                onChange={setScope}
                options={[
                  { value: '', label: 'of the workspace' },
                  ...(person ? [{ value: 'me', label: 'mine and my teams’', hint: 'It acts for you.' }] : []),
                  ...teams.map(({ id, name: team }) => ({ value: id, label: `of ${team}`, hint: 'And of the workspace.' })),
                ]}
              />
            </Field>
          }
          validity={
            <Field label="Valid">
              <Select<Lifetime> value={days} onChange={setDays} options={lifetimes} />
            </Field>
          }
        />
        <ErrorNotice error={create.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" look="primary" busy={create.isPending} disabled={!terms.name.trim()}>
            Create token
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

type Given<T> = { [K in keyof T]?: NonNullable<T[K]> }
const withoutNulls = <T extends object>(bounds: T): Given<T> =>
  Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== null)) as Given<T>
