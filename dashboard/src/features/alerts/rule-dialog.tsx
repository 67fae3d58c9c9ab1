import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { AlertRule } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox, Select } from '../../ui/choice.tsx'
import { Field, TextField } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { kinds, kindWords } from './words.ts'

const groups = [
  { value: 'connection', label: 'for each connection' },
  { value: 'connector', label: 'for each connector' },
  { value: 'workspace', label: 'for the whole workspace' },
] as const
const severities = [
  { value: 'info', label: 'Info' },
  { value: 'warning', label: 'Warning' },
  { value: 'error', label: 'Error' },
  { value: 'critical', label: 'Critical' },
] as const

interface RuleDialogProps {
  /** Null for a new one. */
  readonly rule: AlertRule | null
  readonly onClose: () => void
}

/** Makes a rule, or changes one. */
export function RuleDialog({ rule, onClose }: RuleDialogProps) {
  const client = useQueryClient()
  const channels = useQuery(queries.notificationChannels())
  const [kind, setKind] = useState<AlertRule['kind']>(rule?.kind ?? 'connection_failing')
  const words = kindWords[kind]
  const [name, setName] = useState(rule?.name ?? '')
  const [connector, setConnector] = useState(rule?.connector ?? '')
  const [threshold, setThreshold] = useState(String(rule?.threshold ?? words.usual))
  const [window, setWindow] = useState(String(rule?.window_minutes ?? words.usualWindow))
  const [forMinutes, setFor] = useState(String(rule?.for_minutes ?? 0))
  const [group, setGroup] = useState<AlertRule['group_by']>(rule?.group_by ?? 'connection')
  const [severity, setSeverity] = useState<AlertRule['severity']>(rule?.severity ?? 'warning')
  const [told, setTold] = useState<readonly string[]>(rule?.channels ?? [])
  const choose = (next: AlertRule['kind']) => {
    setKind(next)
    setThreshold(String(kindWords[next].usual))
    setWindow(String(kindWords[next].usualWindow))
    setGroup(next === 'approval_pending' ? 'workspace' : 'connection')
  }
  const save = useMutation({
    mutationFn: () => {
      const fields = {
        name: name.trim() || words.label,
        connector: connector.trim() || null,
        threshold: Number(threshold),
        window_minutes: Number(window),
        for_minutes: Number(forMinutes),
        group_by: group,
        severity,
        channels: [...told],
      }
      return rule === null ? api.alerts.createRule({ ...fields, kind }) : api.alerts.updateRule(rule.id, fields)
    },
    onSuccess: async () => {
      onClose()
      await client.invalidateQueries({ queryKey: ['alerts'] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  const known = channels.data?.items ?? []
  return (
    <Dialog open onClose={onClose} title={rule === null ? 'Watch something' : `Change ${rule.name}`} wide>
      <form onSubmit={submit} className="space-y-4 pb-2">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="What" hint={words.hint}>
            <Select value={kind} onChange={choose} options={kinds} disabled={rule !== null} />
          </Field>
          <TextField label="Name" maxLength={100} placeholder={words.label} value={name} onValueChange={setName} />
          <TextField
            label={words.threshold}
            hint="It fires at this value."
            required
            type="number"
            min={0}
            step="any"
            value={threshold}
            onValueChange={setThreshold}
          />
          {words.window && (
            <TextField label={words.window} required type="number" min={1} value={window} onValueChange={setWindow} />
          )}
          <TextField
            label="Minutes it has to be so"
            required
            type="number"
            min={0}
            max={1440}
            value={forMinutes}
            onValueChange={setFor}
          />
          <TextField label="Only of this connector" optional mono value={connector} onValueChange={setConnector} />
          <Field label="One alert">
            <Select value={group} onChange={setGroup} options={groups} />
          </Field>
          <Field label="Severity">
            <Select value={severity} onChange={setSeverity} options={severities} />
          </Field>
        </div>
        <fieldset className="space-y-2">
          <legend className="mb-1.5 text-small font-medium text-ink-2">Who is told</legend>
          {known.map(({ id, name: channel, target }) => (
            <Checkbox
              key={id}
              checked={told.includes(id)}
              onChange={(checked) => setTold(checked ? [...told, id] : told.filter((other) => other !== id))}
              label={channel}
              hint={target}
            />
          ))}
          <p className="text-small text-ink-3">
            {channels.isSuccess && known.length === 0 && 'There are no channels yet. '}
            <Link to="/notifications" className="text-accent hover:underline">
              Add a chat, a mailbox, a URL or PagerDuty
            </Link>
          </p>
        </fieldset>
        <ErrorNotice error={save.error ?? channels.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {rule === null ? 'Watch' : 'Save'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
