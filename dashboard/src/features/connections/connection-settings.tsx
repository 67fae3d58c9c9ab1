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
import { CassetteField } from '../cassettes/cassette-field.tsx'
import { NetworkField } from '../networks/network-field.tsx'
import { useMay } from '../session/session.ts'
import { useScenarios } from '../tools/use-scenarios.ts'
import { SettingFields } from './setting-fields.tsx'

/** No scenario: the API answers. */
const live = ''

/** Name, environment, the settings that are no secret, and what answers calls. */
export function ConnectionSettings({ connection }: { readonly connection: Connection }) {
  const client = useQueryClient()
  const document = useQuery(queries.connector(connection.connector))
  const [name, setName] = useState(connection.name)
  const [environment, setEnvironment] = useState(connection.environment)
  const [settings, setSettings] = useState<Record<string, SettingValue>>({ ...connection.settings })
  const [mock, setMock] = useState(connection.mock ?? live)
  const [record, setRecord] = useState(connection.record ?? '')
  const [network, setNetwork] = useState(connection.network?.id ?? '')
  const mayRecord = useMay('manager') && connection.owner === 'workspace'
  const save = useMutation({
    mutationFn: () =>
      api.connections.update(connection.id, {
        ...{ name: name.trim(), environment, settings },
        // Only what was changed: it may take a right that the rest does not.
        ...(mock !== (connection.mock ?? live) && { mock: mock === live ? null : mock }),
        ...(network !== (connection.network?.id ?? '') && { network: network || null }),
        ...(record.trim() !== (connection.record ?? '') && { record: record.trim() || null }),
      }),
    onSuccess: async () => {
      say('Saved')
      await client.invalidateQueries({ queryKey: ['connections'] })
    },
  })
  const definition = document.data ?? null
  const known = useScenarios(definition)
  const scenarios = new Set([...known, ...(connection.mock === null ? [] : [connection.mock])])
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
      <NetworkField value={network} onChange={setNetwork} />
      {(scenarios.size > 0 || connection.mock !== null) && (
        <Field label="Answers" hint={mock === live ? undefined : 'Calls send nothing and need no credential.'}>
          <Select
            value={mock}
            onChange={setMock}
            options={[
              { value: live, label: 'Live, what the API answers' },
              ...[...scenarios].map((value) => ({ value, label: `Mock scenario ${value}` })),
            ]}
          />
        </Field>
      )}
      {mayRecord && (
        <CassetteField
          label="Records on the cassette"
          optional
          value={record}
          onChange={setRecord}
          hint="All calls over this connection, redacted, until it is emptied."
        />
      )}
      <ErrorNotice error={save.error ?? document.error} />
      <Button type="submit" look="primary" busy={save.isPending} disabled={!name.trim()}>
        Save
      </Button>
    </form>
  )
}
