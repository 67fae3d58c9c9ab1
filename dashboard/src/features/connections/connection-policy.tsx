import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import type { Connection, ToolsetApproval } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox, Select } from '../../ui/choice.tsx'
import { Field, TextArea, TextField } from '../../ui/field.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'
import { approvalOptions } from '../toolsets/words.ts'

const textOf = (bound: number | undefined) => (bound === undefined ? '' : String(bound))

/** Which calls over the connection wait for a person, beside those whose action or toolset asks for it. For admins. */
export function ConnectionPolicy({ connection: { id, approval } }: { readonly connection: Connection }) {
  const client = useQueryClient()
  const [rule, setRule] = useState<ToolsetApproval>(approval?.rule ?? 'never')
  const [items, setItems] = useState(textOf(approval?.over_items))
  const [bytes, setBytes] = useState(textOf(approval?.over_bytes))
  const [targets, setTargets] = useState((approval?.targets ?? []).join('\n'))
  const [inClient, setInClient] = useState(approval?.confirm_in_client ?? false)
  const save = useMutation({
    mutationFn: () => {
      const lines = targets.split(/\s+/).filter((line) => line !== '')
      const conditions = {
        ...(items !== '' && { over_items: Number(items) }),
        ...(bytes !== '' && { over_bytes: Number(bytes) }),
        ...(lines.length > 0 && { targets: lines }),
        ...(inClient && { confirm_in_client: true }),
      }
      const none = rule === 'never' && Object.keys(conditions).length === 0
      return api.connections.update(id, { approval: none ? null : { rule, ...conditions } })
    },
    onSuccess: async () => {
      say('Saved', 'It holds for the calls from now on.')
      await client.invalidateQueries({ queryKey: ['connections'] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form onSubmit={submit} className="max-w-md space-y-4 border-t border-line pt-5">
      <h3 className="font-medium">Approvals</h3>
      <Field label="Calls wait for a person" hint="The strictest of action, toolset and connection holds.">
        <Select value={rule} onChange={setRule} options={approvalOptions} />
      </Field>
      <div className="grid grid-cols-2 gap-4">
        <TextField label="Lists of more items than" optional type="number" min={0} value={items} onValueChange={setItems} />
        <TextField label="Bodies of more bytes than" optional type="number" min={0} value={bytes} onValueChange={setBytes} />
      </div>
      <Field label="Calls to these URLs" optional hint="One a line, such as https://api.example.com/v1/payments/*">
        <TextArea mono value={targets} onChange={({ target }) => setTargets(target.value)} />
      </Field>
      <Checkbox
        checked={inClient}
        onChange={setInClient}
        label="May be confirmed in the client"
        hint="Whoever calls by MCP with a token of their own decides on medium risk there. High risk waits here."
      />
      <ErrorNotice error={save.error} />
      <Button type="submit" busy={save.isPending}>
        Save the approvals
      </Button>
    </form>
  )
}
