import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Alert } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/choice.tsx'
import { Field, TextField } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { QueryList } from '../../ui/query-list.tsx'
import { EmptyState, ErrorNotice } from '../../ui/states.tsx'
import { Clock } from '../../ui/time.tsx'

const hours = [
  { value: '1', label: 'an hour' },
  { value: '4', label: '4 hours' },
  { value: '24', label: 'a day' },
  { value: '168', label: 'a week' },
] as const

interface SilenceDialogProps {
  /** Null for all alerts. */
  readonly alert: Alert | null
  readonly onClose: () => void
}

/** Tells nobody until a time, with the reason for whoever wonders. */
export function SilenceDialog({ alert, onClose }: SilenceDialogProps) {
  const client = useQueryClient()
  const [reason, setReason] = useState('')
  const [span, setSpan] = useState<(typeof hours)[number]['value']>('4')
  const silence = useMutation({
    mutationFn: () => {
      const until = new Date(Date.now() + Number(span) * 3_600_000).toISOString()
      const scope = alert === null ? {} : { rule: alert.rule.id, ...(alert.subject !== '' && { subject: alert.subject }) }
      return api.alerts.silence({ reason: reason.trim(), until, ...scope })
    },
    onSuccess: async () => {
      onClose()
      await client.invalidateQueries({ queryKey: ['alerts'] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    silence.mutate()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={alert === null ? 'Silence all alerts' : `Silence ${alert.rule.name} of ${alert.label}`}
      description="Nobody is told meanwhile. What fires still at the end is told then."
    >
      <form onSubmit={submit} className="space-y-4 pb-2">
        <Field label="For">
          <Select value={span} onChange={setSpan} options={hours} />
        </Field>
        <TextField
          label="Why"
          required
          maxLength={500}
          placeholder="Migration of the API"
          value={reason}
          onValueChange={setReason}
        />
        <ErrorNotice error={silence.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={silence.isPending} disabled={!reason.trim()}>
            Silence
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

export function SilenceList() {
  const client = useQueryClient()
  const query = useQuery(queries.alertSilences())
  const rules = useQuery(queries.alertRules())
  const end = useMutation({
    mutationFn: (id: string) => api.alerts.endSilence(id),
    onSuccess: () => client.invalidateQueries({ queryKey: ['alerts'] }),
  })
  const nameOf = (rule: string | null) =>
    rule === null ? 'All alerts' : (rules.data?.items.find(({ id }) => id === rule)?.name ?? rule)
  return (
    <>
      <ErrorNotice error={end.error} className="mx-4 my-2 md:mx-8" />
      <QueryList
        label="Silences"
        query={query}
        keyOf={({ id }) => id}
        rowHeight={60}
        underTabs
        row={({ id, rule, subject, reason, by, until }) => (
          <div className="flex min-h-[60px] flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-2 md:px-8">
            <span className="min-w-0 flex-1 max-sm:basis-full">
              <span className="block truncate font-medium" title={reason}>
                {reason}
              </span>
              <span className="block truncate text-small text-ink-3">
                {nameOf(rule)}
                {subject && `, ${subject}`}, by {by.name}
              </span>
            </span>
            <span className="text-small text-ink-3 max-sm:flex-1">
              until <Clock at={until} />
            </span>
            <Button size="small" data-row-main busy={end.isPending && end.variables === id} onClick={() => end.mutate(id)}>
              End
            </Button>
          </div>
        )}
        empty={<EmptyState title="Nothing is silenced">People are told of every alert that fires.</EmptyState>}
      />
    </>
  )
}
