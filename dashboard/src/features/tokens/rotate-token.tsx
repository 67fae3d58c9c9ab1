import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Token } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/choice.tsx'
import { Field } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { NewSecret } from './new-secret.tsx'

const overlaps = [
  { value: '0', label: 'ends at once' },
  { value: '3600', label: 'works for another hour' },
  { value: '86400', label: 'works for another day' },
  { value: '604800', label: 'works for another 7 days' },
] as const
type Overlap = (typeof overlaps)[number]['value']

/** Gives a token a new secret and shows it this one time. */
export function RotateToken({ token, onClose }: { readonly token: Token; readonly onClose: () => void }) {
  const client = useQueryClient()
  const toolsets = useQuery(queries.toolsets()).data?.items ?? []
  const [overlap, setOverlap] = useState<Overlap>('86400')
  const rotate = useMutation({
    mutationFn: () => api.tokens.rotate(token.id, { overlap_seconds: Number(overlap) }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['tokens'] }),
  })
  if (rotate.data)
    return (
      <NewSecret
        open
        onClose={onClose}
        title={`${token.name} has a new secret`}
        token={rotate.data.token}
        toolset={toolsets.find(({ id }) => id === token.toolset?.id)?.slug}
      />
    )
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Rotate ${token.name}`}
      description="It stays the same token, with its limits and its place in the log."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" busy={rotate.isPending} onClick={() => rotate.mutate()}>
            Make a new secret
          </Button>
        </>
      }
    >
      <div className="space-y-4 pb-2">
        <Field label="The old secret">
          <Select<Overlap> value={overlap} onChange={setOverlap} options={overlaps} />
        </Field>
        <ErrorNotice error={rotate.error} />
      </div>
    </Dialog>
  )
}
