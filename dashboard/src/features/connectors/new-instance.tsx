import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useId, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import { isSlug, slugOf } from '../../lib/connector-document.ts'
import { Button } from '../../ui/button.tsx'
import { RadioCards } from '../../ui/choice.tsx'
import { Field, TextArea, TextField } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'

/** A connector of a type that ships with the gateway: a name is all it takes, and the addresses where requests may go. */
export default function NewInstance({ onClose }: { readonly onClose: () => void }) {
  const form = useId()
  const client = useQueryClient()
  const navigate = useNavigate()
  const types = useQuery(queries.builtinTypes())
  const [chosen, setChosen] = useState<string | null>(null)
  const [name, setName] = useState('')
  const [typed, setTyped] = useState<string | null>(null)
  const [addresses, setAddresses] = useState('')
  const type = types.data?.items.find((each) => each.type === chosen)
  const slug = typed ?? slugOf(name)
  const patterns = addresses.split(/\s+/).filter(Boolean)
  const create = useMutation({
    mutationFn: () =>
      api.connectors.create({
        connector: slug,
        name: name.trim(),
        kind: 'builtin',
        builtin: { type: chosen },
        ...(patterns.length > 0 && { security: { url_patterns: patterns } }),
      }),
    onSuccess: async ({ connector }) => {
      say(`${name.trim()} added`, 'Connect an account of it next.')
      await client.invalidateQueries({ queryKey: ['connectors'] })
      await navigate({ to: '/connectors/$connectorId', params: { connectorId: connector } })
    },
  })
  const ready = type !== undefined && name.trim() !== '' && isSlug(slug)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (ready && !create.isPending) create.mutate()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      wide
      title="New from built-in"
      description="Types that ship with the gateway, as many connectors of each as you need."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={form} disabled={!ready} busy={create.isPending}>
            Add connector
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="space-y-4">
        {types.isPending ? (
          <SkeletonRows height={56} rows={4} />
        ) : types.isError ? (
          <ErrorNotice error={types.error} onRetry={() => void types.refetch()} />
        ) : (
          <RadioCards
            label="Type"
            value={chosen ?? ''}
            onChange={setChosen}
            options={types.data.items.map(({ type: value, name: label, description }) => ({ value, label, hint: description }))}
            className="sm:grid-cols-2"
          />
        )}
        {type && (
          <>
            <p className="text-small text-ink-2">
              <span className="text-ink-3">Actions:</span> {type.actions.map((action) => action.name).join(', ')}.{' '}
              {type.fields.length > 0 && (
                <>
                  <span className="text-ink-3">A connection is asked for</span>{' '}
                  {type.fields.map((field) => (field.required ? field.name : `${field.name} (optional)`)).join(', ')}.
                </>
              )}
            </p>
            <div className="grid gap-4 sm:grid-cols-2">
              <TextField label="Name" value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />
              <TextField
                label="Slug"
                mono
                value={slug}
                error={slug !== '' && !isSlug(slug) ? 'Lower-case letters, digits, "_" and "-"; a letter first.' : undefined}
                hint="What calls and files name it by."
                onChange={(event) => setTyped(event.target.value)}
              />
            </div>
            <Field
              label="Allowed addresses"
              optional
              hint="URL patterns, one a line, for types that send HTTP requests. Without one such a request is refused."
            >
              <TextArea
                mono
                rows={2}
                value={addresses}
                placeholder="https://api.example.com/*"
                onChange={(event) => setAddresses(event.target.value)}
              />
            </Field>
          </>
        )}
        <ErrorNotice error={create.error} />
      </form>
    </Dialog>
  )
}
