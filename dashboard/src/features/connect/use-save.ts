import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import type { Connection, TestResult } from '../../api/types.ts'
import { asConnectorDocument, withActions } from '../../lib/connector-document.ts'
import { connectionRequest, connectorRequest, type Draft } from './draft.ts'

export type Stage = 'connector' | 'connection' | 'test'

interface Done {
  /** The bodies that were stored, to see whether the draft has changed since. */
  connectorBody?: string
  connector?: string
  connectionBody?: string
  connection?: Connection
}

/**
 * Stores the connector, then the connection, then tests it. Pressed again after a failure or a change, it goes on where it
 * stopped: nothing is created twice.
 */
export function useSave(draft: Draft, secrets: Readonly<Record<string, string>>) {
  const client = useQueryClient()
  const done = useRef<Done>({})
  const [stage, setStage] = useState<Stage | null>(null)
  const [connection, setConnection] = useState<Connection | null>(null)

  const storeConnector = async (): Promise<string> => {
    if (draft.start === 'existing') return draft.document.connector
    const request = connectorRequest(draft)
    const body = JSON.stringify(request)
    const { current } = done
    if (current.connector !== undefined && current.connectorBody === body) return current.connector
    const stored =
      current.connector === draft.document.connector
        ? await api.connectors.update(current.connector, {
            document: { ...withActions(asConnectorDocument({ ...draft.document }), draft.selected) },
            autoBump: true,
          })
        : await api.connectors.create({ ...request })
    done.current = { connector: stored.id, connectorBody: body }
    return stored.id
  }

  const storeConnection = async (connector: string): Promise<Connection> => {
    const request = connectionRequest(draft, connector, secrets)
    const body = JSON.stringify(request)
    const { current } = done
    if (current.connection && current.connectionBody === body) return current.connection
    if (current.connection) await api.connections.delete(current.connection.id)
    const stored = await api.connections.create(request)
    done.current = { ...done.current, connection: stored, connectionBody: body }
    return stored
  }

  const save = useMutation({
    mutationFn: async (): Promise<TestResult> => {
      setStage('connector')
      const connector = await storeConnector()
      setStage('connection')
      const stored = await storeConnection(connector)
      setConnection(stored)
      setStage('test')
      return api.connections.test(stored.id)
    },
    onSettled: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' }),
  })
  return { save, stage, connection }
}
