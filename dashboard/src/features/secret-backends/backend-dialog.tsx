import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import type { SecretBackend } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox, Segments, Select } from '../../ui/choice.tsx'
import { Field, TextField } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { SecretFields } from '../connections/secret-fields.tsx'
import { credentialOf, kinds, kindWords } from './words.ts'

type Texts = Readonly<Record<string, string>>

const ways = [
  { value: 'token', label: 'Token' },
  { value: 'role', label: 'AppRole' },
] as const

/** What was entered of these, and nothing that is empty or belongs to another kind. */
const entered = (names: readonly string[], values: Texts): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (values[name]?.trim() ? [[name, values[name].trim()]] : [])))

interface BackendDialogProps {
  /** Null for a new one. Where it is cannot be changed. */
  readonly backend: SecretBackend | null
  readonly onClose: () => void
  readonly onSaved: (saved: SecretBackend) => void
}

/** Adds a secret manager, or changes its name and what it signs in with. */
export function BackendDialog({ backend, onClose, onSaved }: BackendDialogProps) {
  const client = useQueryClient()
  const [kind, setKind] = useState<SecretBackend['kind']>(backend?.kind ?? 'aws')
  const [name, setName] = useState(backend?.name ?? '')
  const [settings, setSettings] = useState<Texts>({})
  const [secrets, setSecrets] = useState<Texts>({})
  const [way, setWay] = useState<'token' | 'role'>(backend?.settings.role_id === undefined ? 'token' : 'role')
  const [allowHttp, setAllowHttp] = useState(false)
  const [isDefault, setDefault] = useState(false)
  const [renewing, setRenewing] = useState(backend === null)
  const byRole = kind === 'vault' && way === 'role'
  const plain = /^http:/i.test(settings[kind === 'vault' ? 'address' : 'endpoint']?.trim() ?? '')
  const fields = credentialOf(kind, byRole)
  const save = useMutation({
    mutationFn: () => {
      const names = [...kindWords[kind].settings.map((setting) => setting.name), ...(byRole ? ['role_id'] : [])]
      const credential = entered(
        fields.map((field) => field.name),
        secrets,
      )
      return backend === null
        ? api.secrets.addBackend({
            ...{ name: name.trim(), kind, credential, default: isDefault },
            settings: { ...entered(names, settings), ...(plain && allowHttp && { allow_http: 'true' }) },
          })
        : api.secrets.updateBackend(backend.id, { name: name.trim(), ...(renewing && { credential }) })
    },
    onSuccess: async (saved) => {
      onSaved(saved)
      await client.invalidateQueries({ queryKey: ['secret-backends'] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  const set = (setting: string) => (value: string) => setSettings({ ...settings, [setting]: value })
  return (
    <Dialog open onClose={onClose} title={backend === null ? 'Add a secret backend' : `Change ${backend.name}`}>
      <form onSubmit={submit} className="space-y-4 pb-2">
        {backend === null && (
          <Field label="Kind" hint={kindWords[kind].hint}>
            <Select value={kind} onChange={setKind} options={kinds} />
          </Field>
        )}
        <TextField label="Name" required maxLength={100} value={name} onValueChange={setName} />
        {backend === null &&
          kindWords[kind].settings.map((setting) => (
            <TextField
              key={setting.name}
              label={setting.title}
              hint={setting.hint}
              mono
              placeholder={setting.example}
              optional={!setting.required}
              required={setting.required ?? false}
              value={settings[setting.name] ?? ''}
              onValueChange={set(setting.name)}
            />
          ))}
        {plain && (
          <Checkbox
            checked={allowHttp}
            onChange={setAllowHttp}
            label="Send secrets over http"
            hint="Nothing encrypts them on the way. Private addresses need no consent to that."
          />
        )}
        {backend === null && kind === 'vault' && (
          <>
            <Segments label="Signs in with" value={way} onChange={setWay} options={ways} />
            {byRole && <TextField label="Role ID" required mono value={settings.role_id ?? ''} onValueChange={set('role_id')} />}
          </>
        )}
        {backend !== null && (
          <Checkbox
            checked={renewing}
            onChange={setRenewing}
            label="Enter its credential anew"
            hint="What failed is tried again with it at once."
          />
        )}
        {renewing && <SecretFields fields={fields} values={secrets} onChange={setSecrets} />}
        {backend === null && (
          <Checkbox
            checked={isDefault}
            onChange={setDefault}
            label="Write the connections of the workspace there now"
            hint="Secret-manager mode. Test it first when in doubt: the mode can be changed at any time."
          />
        )}
        <ErrorNotice error={save.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {backend === null ? 'Add' : 'Save'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
