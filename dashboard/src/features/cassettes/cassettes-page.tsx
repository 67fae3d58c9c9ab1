import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { FileUp } from 'lucide-react'
import { useState } from 'react'
import { queries } from '../../api/queries.ts'
import type { Cassette } from '../../api/types.ts'
import { formatBytes, formatCount } from '../../lib/format.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryList } from '../../ui/query-list.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { Ago } from '../../ui/time.tsx'
import { ImportCassette } from './import-cassette.tsx'

const rowHeight = 52
const columns = 'md:grid md:grid-cols-[minmax(0,1fr)_7rem_6rem_minmax(0,0.7fr)_minmax(0,0.7fr)_8rem] md:gap-x-5'

const Header = () => (
  <div aria-hidden className={`hidden border-b border-line bg-bg px-8 py-1.5 caption ${columns}`}>
    <span>Cassette</span>
    <span>Recordings</span>
    <span>Size</span>
    <span>Recorded by</span>
    <span>Replayed by</span>
    <span>Last recorded</span>
  </div>
)

/** What APIs answered, kept so that calls can be answered without them. */
export function CassettesPage() {
  const query = useQuery(queries.cassettes())
  const [importing, setImporting] = useState(false)
  const add = (
    <Button icon={<FileUp size={15} />} onClick={() => setImporting(true)}>
      Import a file
    </Button>
  )
  return (
    <Page
      title="Cassettes"
      description="What APIs answered, recorded once, to answer the same calls without them: in tests, and without an account."
      actions={query.isSuccess && query.data.items.length === 0 ? null : add}
    >
      <QueryList
        label="Cassettes"
        query={query}
        keyOf={({ name }) => name}
        rowHeight={rowHeight}
        header={<Header />}
        row={(cassette) => <CassetteRow cassette={cassette} />}
        empty={
          <EmptyState
            title="No cassettes yet"
            actions={
              <>
                <ButtonLink to="/tools" look="primary">
                  Try an action
                </ButtonLink>
                {add}
              </>
            }
          >
            Run an action with “Record”, or let a connection record in its settings. The cassette is there with the first call.
          </EmptyState>
        }
      />
      <ImportCassette open={importing} onClose={() => setImporting(false)} />
    </Page>
  )
}

export const namesOf = (named: Cassette['recording']): string => named.map(({ name }) => name).join(', ')

function CassetteRow({ cassette }: { readonly cassette: Cassette }) {
  const { name, recordings, bytes, connectors, recording, replaying, recorded_at } = cassette
  return (
    <div
      className={`relative flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2.5 transition-colors hover:bg-hover md:h-[52px] md:px-8 md:py-0 ${columns}`}
    >
      <div className="w-full min-w-0 md:w-auto">
        <Link
          to="/cassettes/$name"
          params={{ name }}
          data-row-main
          data-focus-inset
          className="block truncate font-medium after:absolute after:inset-0"
        >
          {name}
        </Link>
        <code className="block truncate text-small text-ink-3">{connectors.join(', ')}</code>
      </div>
      <span className="text-ink-2 tabular">
        {formatCount(recordings)}
        <span className="md:hidden"> recorded</span>
      </span>
      <span className="text-ink-2 tabular">{formatBytes(bytes)}</span>
      <Users words="recorded by" names={namesOf(recording)} />
      <Users words="replayed by" names={namesOf(replaying)} />
      <span className="text-ink-2">
        <Ago at={recorded_at} />
      </span>
    </div>
  )
}

/** Who uses it; on a narrow screen only where somebody does. */
function Users({ words, names }: { readonly words: string; readonly names: string }) {
  if (names === '') return <span className="hidden text-ink-3 md:block">–</span>
  return (
    <span className="min-w-0 truncate text-ink-2" title={names}>
      <span className="md:hidden">{words} </span>
      {names}
    </span>
  )
}
