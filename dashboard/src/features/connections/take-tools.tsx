import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { api } from '../../api/client.ts'
import type { ConnectorDocument } from '../../lib/connector-document.ts'
import { plural } from '../../lib/format.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { say } from '../../ui/toast.tsx'
import { useMay } from '../session/session.ts'

/** Whether it is an MCP server of whose tools none was taken yet: only its connection lists them. */
export const lacksTools = ({ kind, actions }: ConnectorDocument): boolean => kind === 'mcp' && Object.keys(actions).length === 0

/** What is left to do when somebody has connected: the tools that the server lists now, with one press. */
export function TakeTools({ document }: { readonly document: ConnectorDocument }) {
  const { connector, name } = document
  const client = useQueryClient()
  const mayDefine = useMay('admin')
  const take = useMutation({
    mutationFn: () => api.connectors.reimport(connector),
    onSuccess: async ({ actions }) => {
      say(`${plural(actions.length, 'tool')} of ${name}`, 'Ready for agents.')
      await client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
    },
  })
  return (
    <section aria-label="Tools" className="space-y-3 rounded-panel border border-line bg-panel p-4">
      <div>
        <h3 className="font-semibold">No tools yet</h3>
        <p className="mt-0.5 text-ink-2">
          {name} lists its tools now that somebody is connected.{' '}
          {mayDefine ? 'Take all of them, or look at each first.' : 'An administrator has to take them.'}
        </p>
      </div>
      {mayDefine && (
        <div className="flex flex-wrap gap-2">
          <Button look="primary" icon={<Download size={14} />} busy={take.isPending} onClick={() => take.mutate()}>
            Take its tools
          </Button>
          <ButtonLink to="/connectors/$connectorId" params={{ connectorId: connector }} search={{ tab: 'versions' }} look="quiet">
            Look at them first
          </ButtonLink>
        </div>
      )}
      <ErrorNotice error={take.error} />
    </section>
  )
}
