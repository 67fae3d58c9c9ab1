import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Connection, SettingValue } from '../../api/types.ts'
import { environmentsOf, serverUrlOf, settingFieldsOf } from '../../lib/connector-document.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/choice.tsx'
import { Field, TextField } from '../../ui/field.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'
import { SettingFields } from './setting-fields.tsx'

/** Name, environment and the settings that are no secret. */
export function ConnectionSettings({ connection }: { readonly connection: Connection }) {
  const client = useQueryClient()
  const document = useQuery(queries.connector(connection.connector))
  const [name, setName] = useState(connection.name)
  const [environment, setEnvironment] = useState(connection.environment)
  const [settings, setSettings] = useState<Record<string, SettingValue>>({ ...connection.settings })
  const save = useMutation({
    mutationFn: () => api.connections.update(connection.id, { name: name.trim(), environment, settings }),
    onSuccess: async () => {
      say('Saved')
      await client.invalidateQueries({ queryKey: ['connections'] })
    },
  })
  const definition = document.data ?? null
  const environments = definition ? environmentsOf(definition) : [connection.environment]
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form onSubmit={submit} className="max-w-md space-y-4">
      <TextField label="Name" required maxLength={100} value={name} onValueChange={setName} />
      {environments.length > 1 && (
        <Field label="Environment" hint={definition ? <code>{serverUrlOf(definition, environment)}</code> : undefined}>
          <Select
            value={environment}
            onChange={setEnvironment}
            options={environments.map((value) => ({ value, label: value }))}
          />
        </Field>
      )}
      {definition && <SettingFields fields={settingFieldsOf(definition, environment)} values={settings} onChange={setSettings} />}
      <ErrorNotice error={save.error ?? document.error} />
      <Button type="submit" look="primary" busy={save.isPending} disabled={!name.trim()}>
        Save
      </Button>
    </form>
  )
}
