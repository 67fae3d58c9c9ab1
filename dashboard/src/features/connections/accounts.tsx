import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { queries } from '../../api/queries.ts'
import type { Connection } from '../../api/types.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Panel } from '../../ui/page.tsx'
import { Chip, connectionStates, Mark } from '../../ui/status.tsx'
import { useMay } from '../session/session.ts'

/** Accounts shown here; all of them are in the list. */
const shown = 6

/** The other accounts of the same connector, and the way to one more. */
export function Accounts({ connection }: { readonly connection: Connection }) {
  const { connector, connector_name: name } = connection
  const mayConnect = useMay('member')
  const query = useInfiniteQuery(queries.connections({ connector }))
  const others = (query.data?.pages.flatMap(({ items }) => items) ?? []).filter(({ id }) => id !== connection.id)
  return (
    <Panel
      title={`Other accounts of ${name}`}
      flush
      aside={
        <>
          {others.length > shown && (
            <Link to="/connections" search={{ connector }} className="text-accent hover:underline">
              All of them
            </Link>
          )}
          {mayConnect && (
            <ButtonLink size="small" look="quiet" to="/connect" search={{ connector }} icon={<Plus size={13} />}>
              Connect another
            </ButtonLink>
          )}
        </>
      }
    >
      {others.length === 0 ? (
        <p className="px-4 py-3 text-ink-3">{query.isPending ? 'Looking…' : 'None.'}</p>
      ) : (
        <ul>
          {others.slice(0, shown).map((each) => (
            <li key={each.id} className="border-b border-line last:border-0">
              <Link
                to="/connections/$connectionId"
                params={{ connectionId: each.id }}
                data-focus-inset
                className="flex items-center gap-3 px-4 py-2 transition-colors hover:bg-hover"
              >
                <Mark state={connectionStates[each.status]} />
                <span className="sr-only">{connectionStates[each.status].words}:</span>
                <span className="min-w-0 flex-1 truncate">{each.name}</span>
                {each.default && <Chip>default</Chip>}
                {each.owner !== 'workspace' && <Chip>{each.owner === 'you' ? 'yours alone' : 'team'}</Chip>}
                {each.environment !== 'production' && <Chip>{each.environment}</Chip>}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
