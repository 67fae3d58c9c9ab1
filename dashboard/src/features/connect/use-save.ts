import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import type { Connection, NewConnection, TestResult } from '../../api/types.ts'
import { useConnectionTest } from '../connections/use-test.ts'
import { connectionRequest, type Draft, documentOf } from './draft.ts'

export type Stage = 'connector' | 'connection' | 'test'

/** What is stored already, with the requests it was made of, to see whether the draft has changed since. */
interface Done {
  readonly connector?: { readonly id: string; readonly body: string }
  readonly connection?: { readonly stored: Connection; readonly request: NewConnection }
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/**
 * Stores the connector, then the connection, then tests it. Pressed again after a failure or a change, it goes on where it
 * stopped: nothing is created twice, and nothing that was renamed is left behind.
 */
export function useSave(draft: Draft, secrets: Readonly<Record<string, string>>) {
  const client = useQueryClient()
  const done = useRef<Done>({})
  const [stage, setStage] = useState<Stage | null>(null)
  const [connection, setConnection] = useState<Connection | null>(null)
  const { heard, run } = useConnectionTest()

  const storeConnector = async (): Promise<string> => {
    if (draft.start === 'existing') return draft.document.connector
    const document = { ...documentOf(draft) }
    const body = JSON.stringify(document)
    const before = done.current.connector
    if (before?.body === body) return before.id
    if (before && before.id !== draft.document.connector) {
      if (done.current.connection) await api.connections.delete(done.current.connection.stored.id)
      await api.connectors.delete(before.id)
      done.current = {}
    }
    const { id } = done.current.connector
      ? await api.connectors.update(done.current.connector.id, { document, autoBump: true })
      : await api.connectors.create(document)
    done.current = { ...done.current, connector: { id, body } }
    return id
  }

  const storeConnection = async (connector: string): Promise<Connection> => {
    const request = connectionRequest(draft, connector, secrets)
    const before = done.current.connection
    let stored = before?.stored
    const moved = before && (before.request.personal !== request.personal || before.request.team !== request.team)
    if (before && (moved || before.request.auth?.scheme !== request.auth?.scheme)) {
      // A credential belongs to its scheme and its owner; another one is another connection.
      await api.connections.delete(before.stored.id)
      stored = undefined
    }
    if (!stored || !before) stored = await api.connections.create(request)
    else {
      const { connector: _c, personal: _p, team: _t, auth, ...rest } = request
      const { connector: _b, personal: _q, team: _u, auth: authBefore, ...restBefore } = before.request
      if (!same(rest, restBefore)) stored = await api.connections.update(stored.id, rest)
      if (auth?.fields && !same(auth, authBefore)) stored = await api.connections.rotate(stored.id, { fields: auth.fields })
    }
    done.current = { ...done.current, connection: { stored, request } }
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
      return run(stored.id)
    },
    onSettled: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' }),
  })
  return { save, stage, connection, heard }
}

export type Saving = ReturnType<typeof useSave>
