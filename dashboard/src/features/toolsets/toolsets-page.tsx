import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { queries } from '../../api/queries.ts'
import type { Toolset } from '../../api/types.ts'
import { formatDay, plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryList } from '../../ui/query-list.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { ToolsetEditor } from './toolset-editor.tsx'
import { approvalOptions } from './words.ts'

const rowHeight = 52
const columns = 'md:grid md:grid-cols-[minmax(0,1fr)_7rem_14rem_6rem_7rem] md:gap-x-5'

const Header = () => (
  <div aria-hidden className={`hidden border-b border-line bg-bg px-8 py-1.5 caption ${columns}`}>
    <span>Toolset</span>
    <span>Shown</span>
    <span>Approval</span>
    <span>Used by</span>
    <span>Changed</span>
  </div>
)

/** Named selections of tools, which tokens and MCP clients are bound to. */
export function ToolsetsPage() {
  const query = useQuery(queries.toolsets())
  const [editing, setEditing] = useState<Toolset | 'new' | null>(null)
  const create = (
    <Button look="primary" icon={<Plus size={15} />} onClick={() => setEditing('new')}>
      New toolset
    </Button>
  )
  return (
    <Page
      title="Toolsets"
      description="What an agent gets to see and to call: a few tools chosen for its task, instead of all."
      actions={query.isSuccess && query.data.items.length === 0 ? null : create}
    >
      <QueryList
        label="Toolsets"
        query={query}
        keyOf={({ id }) => id}
        rowHeight={rowHeight}
        header={<Header />}
        row={(toolset) => <ToolsetRow toolset={toolset} onOpen={() => setEditing(toolset)} />}
        empty={
          <EmptyState title="No toolsets yet" actions={create}>
            Without one a token has every tool that its owner reaches. With one it has those of its task, and cannot call another.
          </EmptyState>
        }
      />
      {editing !== null && <ToolsetEditor toolset={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </Page>
  )
}

function ToolsetRow({ toolset, onOpen }: { readonly toolset: Toolset; readonly onOpen: () => void }) {
  const { name, slug, mode, approval, tokens, updated_at } = toolset
  return (
    <div
      className={`relative flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2.5 hover:bg-hover md:h-[52px] md:px-8 md:py-0 ${columns}`}
    >
      <div className="w-full min-w-0 md:w-auto">
        <button
          type="button"
          data-row-main
          onClick={onOpen}
          className="block w-full truncate text-left font-medium after:absolute after:inset-0"
        >
          {name}
        </button>
        <code className="text-small text-ink-3">/mcp/{slug}</code>
      </div>
      <span className="text-ink-2">{mode}</span>
      <span className="text-ink-2">{approvalOptions.find(({ value }) => value === approval)?.label}</span>
      <span className="text-ink-2">{plural(tokens, 'token')}</span>
      <span className="hidden text-ink-2 md:block">{formatDay(updated_at)}</span>
    </div>
  )
}
