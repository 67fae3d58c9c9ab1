import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import type { Token } from '../../api/types.ts'
import { formatDay } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/choice.tsx'
import { Field } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'
import { endOf, type Lifetime, lifetimes } from './lifetimes.ts'
import { requestOf, TermFields, termsOf } from './token-terms.tsx'

const kept = 'kept'

/** Changes what a token may; its secret stays. */
export function EditToken({ token, onClose }: { readonly token: Token; readonly onClose: () => void }) {
  const client = useQueryClient()
  const [terms, setTerms] = useState(() => termsOf(token))
  const [days, setDays] = useState<Lifetime | typeof kept>(kept)
  const save = useMutation({
    mutationFn: () =>
      api.tokens.update(token.id, {
        ...requestOf(terms),
        ...(days === kept ? {} : { expires_at: days === '' ? null : endOf(days) }),
      }),
    onSuccess: async ({ name }) => {
      say(`${name} changed`)
      onClose()
      await client.invalidateQueries({ queryKey: ['tokens'] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Change ${token.name}`}
      description="Counts from its next request on. Its secret stays, and whose connections it reaches."
    >
      <form onSubmit={submit} className="space-y-4 pb-2">
        <TermFields
          terms={terms}
          onChange={setTerms}
          validity={
            <Field label="Valid">
              <Select<Lifetime | typeof kept>
                value={days}
                onChange={setDays}
                options={[
                  ...(token.expires_at ? [{ value: kept, label: `until ${formatDay(token.expires_at)}` } as const] : []),
                  ...lifetimes.map(({ value, label }) =>
                    value === '' && !token.expires_at
                      ? ({ value: kept, label } as const)
                      : { value, label: fromNow(value, label) },
                  ),
                ]}
              />
            </Field>
          }
        />
        <ErrorNotice error={save.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={save.isPending} disabled={!terms.name.trim()}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

const fromNow = (value: Lifetime, label: string) => (value === '' ? label : `${label} from now`)
