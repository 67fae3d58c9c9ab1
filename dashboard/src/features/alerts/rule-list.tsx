import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { AlertRule } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Confirm, Dialog } from '../../ui/overlay.tsx'
import { QueryList } from '../../ui/query-list.tsx'
import { EmptyState, ErrorNotice } from '../../ui/states.tsx'
import { Mark, Status } from '../../ui/status.tsx'
import { kindWords } from './words.ts'

interface RuleListProps {
  readonly onNew: () => void
  readonly onChange: (rule: AlertRule) => void
}

export function RuleList({ onNew, onChange }: RuleListProps) {
  const client = useQueryClient()
  const query = useQuery(queries.alertRules())
  const [removing, setRemoving] = useState<AlertRule | null>(null)
  const refresh = () => client.invalidateQueries({ queryKey: ['alerts'] })
  const test = useMutation({ mutationFn: ({ id }: AlertRule) => api.alerts.testRule(id) })
  const turn = useMutation({
    mutationFn: ({ id, enabled }: AlertRule) => api.alerts.updateRule(id, { enabled: !enabled }),
    onSuccess: refresh,
  })
  const remove = useMutation({
    mutationFn: ({ id }: AlertRule) => api.alerts.deleteRule(id),
    onSuccess: async () => {
      setRemoving(null)
      await refresh()
    },
  })
  return (
    <>
      <ErrorNotice error={test.error ?? turn.error} className="mx-4 my-2 md:mx-8" />
      <QueryList
        label="Alert rules"
        query={query}
        keyOf={({ id }) => id}
        rowHeight={60}
        underTabs
        row={(rule) => (
          <div className="flex min-h-[60px] flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2 md:px-8">
            <span className="min-w-0 flex-1 max-sm:basis-full">
              <button
                type="button"
                data-row-main
                data-focus-inset
                className="block max-w-full truncate text-left font-medium hover:underline"
                onClick={() => onChange(rule)}
              >
                {rule.name}
              </button>
              <span className="block truncate text-small text-ink-3">
                {kindWords[rule.kind].label}, from {rule.threshold}
                {rule.connector && `, of ${rule.connector}`}, tells{' '}
                {rule.channels.length === 0
                  ? 'nobody'
                  : rule.channels.length === 1
                    ? 'one channel'
                    : `${rule.channels.length} channels`}
              </span>
            </span>
            <span className="text-small max-sm:flex-1">
              {rule.problem ? (
                <span className="text-bad">{rule.problem}</span>
              ) : !rule.enabled ? (
                <Status state={{ shape: 'slash', tone: 'idle', words: 'Off' }} />
              ) : rule.firing > 0 ? (
                <Status state={{ shape: 'triangle', tone: 'bad', words: `${rule.firing} firing` }} />
              ) : (
                <Status state={{ shape: 'check', tone: 'ok', words: 'Quiet' }} />
              )}
            </span>
            <Button size="small" busy={test.isPending && test.variables.id === rule.id} onClick={() => test.mutate(rule)}>
              Test
            </Button>
            <Button
              size="small"
              look="quiet"
              busy={turn.isPending && turn.variables.id === rule.id}
              onClick={() => turn.mutate(rule)}
            >
              {rule.enabled ? 'Turn off' : 'Turn on'}
            </Button>
            <Button size="small" look="quiet" className="hover:text-bad" onClick={() => setRemoving(rule)}>
              Delete
            </Button>
          </div>
        )}
        empty={
          <EmptyState
            title="Nothing is watched"
            actions={
              <Button look="primary" onClick={onNew}>
                Watch something
              </Button>
            }
          >
            A rule looks once a minute whether connections fail, calls fail or slow down, credentials end, limits are hit or
            approvals wait, and tells the channels that you choose.
          </EmptyState>
        }
      />
      <Confirm
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title={`Delete ${removing?.name ?? ''}?`}
        action="Delete rule"
        busy={remove.isPending}
        onConfirm={() => removing && remove.mutate(removing)}
      >
        <p>It is watched no more. What fires is resolved, and its channels are told so.</p>
        <ErrorNotice error={remove.error} />
      </Confirm>
      <Dialog open={test.isSuccess} onClose={test.reset} title={`Test of ${test.variables?.name ?? ''}`}>
        {test.data && test.variables && <TestAnswer answer={test.data} rule={test.variables} />}
      </Dialog>
    </>
  )
}

type Answer = Awaited<ReturnType<typeof api.alerts.testRule>>

function TestAnswer({ answer, rule }: { readonly answer: Answer; readonly rule: AlertRule }) {
  return (
    <div className="space-y-4 pb-3">
      <section className="space-y-1">
        <h3 className="caption">What it measures now</h3>
        {answer.readings.length === 0 && <p className="text-ink-2">Nothing: there is nothing of it at present.</p>}
        {answer.readings.map(({ subject, label, value, breaching }) => (
          <p key={subject} className="flex items-center gap-2">
            <Mark state={breaching ? { shape: 'triangle', tone: 'bad', words: '' } : { shape: 'check', tone: 'ok', words: '' }} />
            <span className="min-w-0 flex-1 truncate">{label || 'All'}</span>
            <span className="text-small text-ink-2">{kindWords[rule.kind].value(value)}</span>
          </p>
        ))}
      </section>
      <section className="space-y-1">
        <h3 className="caption">Its channels</h3>
        {answer.deliveries.length === 0 && <p className="text-ink-2">It tells nobody. Choose channels in the rule.</p>}
        {answer.deliveries.map(({ channel, error }) => (
          <p key={channel} className={error ? 'text-bad' : undefined}>
            {channel}: {error ?? 'a message that says nothing arrived'}
          </p>
        ))}
      </section>
    </div>
  )
}
