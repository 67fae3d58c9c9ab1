import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import type { NextStep, SettingValue, TestResult } from '../../api/types.ts'
import { useConnectionTest } from '../connections/use-test.ts'
import { useConsent } from '../consent/use-consent.ts'
import { useMay } from '../session/session.ts'

/** What the form holds. */
export interface Entered {
  readonly scheme: string
  readonly environment: string
  readonly secrets: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, SettingValue>>
  /** Asked of whoever consents; null: what the connector asks for. */
  readonly scopes: readonly string[] | null
  readonly name: string
  /** Empty for the workspace, `me`, or the id of a team. */
  readonly owner: string
}

interface Subject {
  readonly id: string
  readonly name: string
}

export type Stage = 'verify' | 'store' | 'test'

/** The provider would not have it. Nothing was stored. */
export interface Refused {
  readonly message: string
}

const filled = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value))

/**
 * Asks the provider, stores, has somebody consent where that is the way, and tests. Pressed again it goes on with the
 * connection that is stored already.
 */
export function useConnect({ id, name: provider }: Subject, byConsent: boolean) {
  const client = useQueryClient()
  const mayInstall = useMay('manager')
  const [stage, setStage] = useState<Stage | null>(null)
  const [refused, setRefused] = useState<Refused | null>(null)
  const [result, setResult] = useState<TestResult | null>(null)
  const stored = useRef<string>(undefined)
  const { heard, run } = useConnectionTest()

  const test = useMutation({
    mutationFn: (connection: string) => {
      setStage('test')
      return run(connection)
    },
    onSuccess: setResult,
    onSettled: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' }),
  })
  const consent = useConsent((connection) => test.mutate(connection))

  /** Managers install, which brings the connector along; a connection of one's own is made of one that is here. */
  async function store({ scheme, environment, secrets, settings, scopes, name, owner }: Entered): Promise<[string, NextStep]> {
    const common = { environment, name: name.trim() || provider }
    if (mayInstall && owner !== 'me') {
      const texts = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)]))
      const fields = { ...texts, ...filled(secrets) }
      const { integration_id, ...next } = await api.connectors.install(id, {
        ...common,
        fields,
        ...(scheme && { scheme }),
        ...(owner && { team: owner }),
        ...(scopes && { scopes: [...scopes] }),
      })
      return [integration_id, next]
    }
    const { id: made, ...next } = await api.connections.create({
      ...common,
      connector: id,
      settings,
      auth: { fields: filled(secrets), ...(scheme && { scheme }), ...(scopes && { scopes: [...scopes] }) },
      ...(owner === 'me' ? { personal: true } : owner ? { team: owner } : {}),
    })
    return [made, next]
  }

  /** The connection, or null while somebody is asked to consent or the provider refused. */
  const save = useMutation({
    mutationFn: async ({ entered, unverified }: { entered: Entered; unverified: boolean }): Promise<string | null> => {
      setRefused(null)
      setResult(null)
      if (stored.current !== undefined) {
        if (byConsent)
          return consent.begin(
            stored.current,
            await api.connections.reauthorize(stored.current, { scopes: [...(entered.scopes ?? [])] }),
          )
            ? stored.current
            : null
        setStage('store')
        await api.connections.rotate(stored.current, { fields: filled(entered.secrets), verify: !unverified })
        return stored.current
      }
      if (mayInstall && !byConsent && !unverified) {
        setStage('verify')
        const { scheme, environment, secrets, settings } = entered
        const texts = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)]))
        const verdict = await api.connectors.verify(id, {
          ...{ environment, fields: { ...texts, ...filled(secrets) } },
          ...(scheme && { scheme }),
        })
        if (!verdict.ok) {
          setRefused(verdict)
          return null
        }
      }
      setStage('store')
      const [connection, next] = await store(entered)
      stored.current = connection
      return consent.begin(connection, next) ? connection : null
    },
    onSuccess: (connection) => {
      if (connection !== null) test.mutate(connection)
    },
    onError: () => consent.cancel(),
  })

  return {
    stage,
    refused,
    result,
    heard,
    consent,
    connection: stored.current,
    error: save.error ?? test.error,
    busy: save.isPending || test.isPending,
    testing: test.isPending,
    connect(entered: Entered, unverified = false) {
      if (byConsent) consent.prepare()
      save.mutate({ entered, unverified })
    },
    /** Back to the form, to enter something else for the connection that is stored. */
    correct: () => setResult(null),
    testAgain: () => stored.current !== undefined && test.mutate(stored.current),
  }
}

export type Connecting = ReturnType<typeof useConnect>
