import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { ToolFormat, Toolset } from '../../api/types.ts'
import { plural } from '../../lib/format.ts'
import { kebabSlug } from '../../lib/slug.ts'
import { Button } from '../../ui/button.tsx'
import { Segments, Select } from '../../ui/choice.tsx'
import { Field, TextField } from '../../ui/field.tsx'
import { Confirm, Sheet } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'
import { type Draft, emptyDraft, toDraft, toSelection } from './draft.ts'
import { ToolsetConditions } from './toolset-conditions.tsx'
import { ToolsetPreviewList } from './toolset-preview.tsx'
import { approvalOptions } from './words.ts'

const formats: readonly { readonly value: ToolFormat; readonly label: string }[] = [
  { value: 'mcp', label: 'any model' },
  { value: 'anthropic', label: 'Claude' },
  { value: 'openai', label: 'OpenAI' },
  { value: 'openai-strict', label: 'OpenAI, strict' },
  { value: 'gemini', label: 'Gemini' },
]
const modes = [
  { value: 'direct', label: 'all of them' },
  { value: 'search', label: 'a search for them' },
  { value: 'code', label: 'an API to program' },
] as const

/** Makes or changes a toolset; below the form what an agent will see, as the form stands. */
export function ToolsetEditor({ toolset, onClose }: { readonly toolset: Toolset | null; readonly onClose: () => void }) {
  const client = useQueryClient()
  const tokens = useQuery(queries.tokens()).data?.items ?? []
  const [draft, setDraft] = useState<Draft>(toolset === null ? emptyDraft : toDraft(toolset))
  const [deleting, setDeleting] = useState(false)
  const set = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }))
  const slug = draft.slug || kebabSlug(draft.name)
  const done = async (words: string) => {
    say(words)
    onClose()
    await client.invalidateQueries({ queryKey: ['toolsets', 'list'] })
    await client.invalidateQueries({ queryKey: ['tokens'] })
  }
  const save = useMutation({
    mutationFn: () => {
      const { mode, format, approval } = draft
      const body = { name: draft.name.trim(), slug, mode, format, approval, selection: toSelection(draft) }
      return toolset === null ? api.toolsets.create(body) : api.toolsets.update(toolset.id, body)
    },
    onSuccess: ({ name }) => done(toolset === null ? `${name} made` : `${name} changed`),
  })
  const remove = useMutation({
    mutationFn: () => api.toolsets.delete(toolset?.id ?? ''),
    onSuccess: () => done(`${toolset?.name ?? 'Toolset'} deleted`),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  const bound = tokens.filter((token) => token.toolset?.id === toolset?.id && token.revoked_at === null)
  const title = toolset === null ? 'New toolset' : toolset.name
  return (
    <Sheet onClose={onClose} label={title} header={<h2 className="text-lead font-semibold">{title}</h2>}>
      <form onSubmit={submit} className="space-y-4 p-5">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label="Name"
            required
            maxLength={100}
            placeholder="Support agent"
            value={draft.name}
            onValueChange={(name) => set({ name })}
          />
          <TextField
            label="Slug"
            mono
            maxLength={63}
            pattern="[a-z0-9][a-z0-9\-]*"
            placeholder={kebabSlug(draft.name) || 'support-agent'}
            value={draft.slug}
            onValueChange={(next) => set({ slug: next })}
            hint={`MCP clients use ${location.origin}/mcp/${slug || '…'}`}
          />
        </div>
        <ToolsetConditions draft={draft} onChange={set} />
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="A person decides">
            <Select value={draft.approval} onChange={(approval) => set({ approval })} options={approvalOptions} />
          </Field>
          <Field label="Written for">
            <Select value={draft.format} onChange={(format) => set({ format })} options={formats} />
          </Field>
        </div>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
          <span className="text-small font-medium text-ink-2">An agent sees</span>
          <Segments label="How an agent sees the tools" value={draft.mode} onChange={(mode) => set({ mode })} options={modes} />
        </div>
        <ToolsetPreviewList draft={draft} onChange={setDraft} />
        <ErrorNotice error={save.error} />
        <div className="flex items-center gap-2">
          {toolset !== null && (
            <Button look="quiet" icon={<Trash2 size={14} />} className="mr-auto hover:text-bad" onClick={() => setDeleting(true)}>
              Delete
            </Button>
          )}
          <span className="ml-auto" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={save.isPending} disabled={draft.name.trim() === '' || slug === ''}>
            {toolset === null ? 'Create toolset' : 'Save'}
          </Button>
        </div>
      </form>
      <Confirm
        open={deleting}
        onClose={() => {
          remove.reset()
          setDeleting(false)
        }}
        title={`Delete ${toolset?.name ?? ''}?`}
        action="Delete toolset"
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
      >
        <p>
          {bound.length === 0
            ? 'No token is bound to it.'
            : `${plural(bound.length, 'token')} bound to it open nothing from then on: ${bound
                .slice(0, 5)
                .map(({ name }) => name)
                .join(', ')}${bound.length > 5 ? ', …' : ''}.`}
        </p>
        <ErrorNotice error={remove.error} />
      </Confirm>
    </Sheet>
  )
}
