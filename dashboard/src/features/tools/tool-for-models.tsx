import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { queries } from '../../api/queries.ts'
import type { ToolFormat } from '../../api/types.ts'
import { formatCount } from '../../lib/format.ts'
import { Select } from '../../ui/choice.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { ErrorNotice, Skeleton } from '../../ui/states.tsx'

const formats: readonly { readonly value: ToolFormat; readonly label: string }[] = [
  { value: 'mcp', label: 'MCP' },
  { value: 'anthropic', label: 'Anthropic' },
  { value: 'openai', label: 'OpenAI' },
  { value: 'openai-strict', label: 'OpenAI, strict' },
  { value: 'gemini', label: 'Gemini' },
]

interface ToolForModelsProps {
  readonly connection: string
  readonly action: string
}

/** The tool as an agent sees it, in the words of each family of models, and what it costs there. */
export function ToolForModels({ connection, action }: ToolForModelsProps) {
  const [format, setFormat] = useState<ToolFormat>('mcp')
  const shown = useQuery(queries.toolForModel(connection, action, format))
  const cost = useQuery(queries.tool(connection, action))
  const error = shown.error ?? cost.error
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Select label="Family of models" value={format} options={formats} onChange={setFormat} className="w-44" />
        {cost.data && (
          <span className="text-ink-2 tabular" title="Name, description and input schema, as every request carries them">
            about {formatCount(cost.data.tokens)} tokens as MCP
          </span>
        )}
      </div>
      {error ? (
        <ErrorNotice error={error} onRetry={() => void Promise.all([shown.refetch(), cost.refetch()])} />
      ) : shown.data === undefined ? (
        <Skeleton className="h-48" />
      ) : shown.data === null ? (
        <p className="text-ink-2">This connection has no such tool any more.</p>
      ) : (
        <JsonView value={shown.data} label="the tool" depth={4} />
      )}
    </div>
  )
}
