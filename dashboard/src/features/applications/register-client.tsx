import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/choice.tsx'
import { Copyable } from '../../ui/copy-button.tsx'
import { Field, TextArea, TextField } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { Facts } from '../../ui/page.tsx'
import { ErrorNotice } from '../../ui/states.tsx'

/** Registers a program and shows its client id, and its secret this one time. */
export function RegisterClient({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [uris, setUris] = useState('')
  const [confidential, setConfidential] = useState(false)
  const redirectUris = uris.split(/\s+/).filter((uri) => uri !== '')
  const register = useMutation({
    mutationFn: () => api.clients.create({ name: name.trim(), redirect_uris: redirectUris, confidential }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['clients'] }),
  })
  const close = () => {
    register.reset()
    setName('')
    setUris('')
    setConfidential(false)
    onClose()
  }
  if (register.data) {
    const { id, secret } = register.data
    return (
      <Dialog
        open={open}
        onClose={close}
        title={`${register.data.name} is registered`}
        description={secret === null ? 'Give it this client id.' : "Copy the secret now. It can't be shown again."}
        footer={
          <Button look="primary" onClick={close}>
            Done
          </Button>
        }
      >
        <Facts
          items={[
            ['Client id', <Copyable key="id" text={id} label="Copy the client id" />],
            secret === null ? null : ['Client secret', <Copyable key="secret" text={secret} label="Copy the client secret" />],
          ]}
        />
      </Dialog>
    )
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    register.mutate()
  }
  return (
    <Dialog open={open} onClose={close} title="Register an application">
      <form onSubmit={submit} className="space-y-4 pb-2">
        <TextField label="Name" required autoFocus maxLength={100} value={name} onValueChange={setName} />
        <Field label="Where the browser goes back to" hint="Redirect URIs as the program sends them, one a line.">
          <TextArea
            mono
            required
            rows={2}
            placeholder="https://app.example.com/callback"
            value={uris}
            onChange={(event) => setUris(event.target.value)}
          />
        </Field>
        <Checkbox
          checked={confidential}
          onChange={setConfidential}
          label="It has a secret"
          hint="For a program on a server. One on somebody’s machine or in a browser can keep none."
        />
        <ErrorNotice error={register.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button
            type="submit"
            look="primary"
            busy={register.isPending}
            disabled={name.trim() === '' || redirectUris.length === 0}
          >
            Register
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
