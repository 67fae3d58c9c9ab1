import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries, watchMs } from '../../api/queries.ts'
import type { NextStep } from '../../api/types.ts'

/** How a consent ended, with a sentence for what did not work. */
export interface ConsentEnd {
  readonly outcome: 'authorized' | 'refused' | 'failed'
  readonly problem: string | null
}

interface Waiting {
  readonly connection: string
  readonly next: NextStep
  /** The browser did not let a window open. */
  readonly blocked: boolean
}

/** The page that a provider sends the browser back to says on this channel how it went. */
const channelName = 'sallyport-oauth'
const popupFeatures = 'popup,width=640,height=780'
const expired: ConsentEnd = { outcome: 'failed', problem: 'The code was not typed in in time.' }

function asEnd(data: unknown, connection: string): ConsentEnd | null {
  if (typeof data !== 'object' || data === null || !('outcome' in data) || !('connection' in data)) return null
  const { outcome } = data
  if (outcome !== 'authorized' && outcome !== 'refused' && outcome !== 'failed') return null
  // An answer to a link that is used up names no connection: somebody waits here, so it is told.
  if (data.connection !== connection && data.connection !== null) return null
  return { outcome, problem: 'problem' in data && typeof data.problem === 'string' ? data.problem : null }
}

/** Sends a person to consent in a window of its own, or shows a device code, and hears how it ended. */
export function useConsent(onAuthorized: (connection: string) => void) {
  const client = useQueryClient()
  const popup = useRef<Window | null>(null)
  const [waiting, setWaiting] = useState<Waiting | null>(null)
  const [end, setEnd] = useState<ConsentEnd | null>(null)

  const finish = useEffectEvent((ended: ConsentEnd) => {
    popup.current?.close()
    popup.current = null
    const connection = waiting?.connection
    setWaiting(null)
    setEnd(ended)
    void client.invalidateQueries({ queryKey: ['connections'] })
    if (ended.outcome === 'authorized' && connection !== undefined) onAuthorized(connection)
  })

  useEffect(() => {
    if (!waiting) return
    const channel = new BroadcastChannel(channelName)
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      const ended = asEnd(data, waiting.connection)
      if (ended) finish(ended)
    }
    return () => channel.close()
  }, [waiting])

  // The gateway's public address may be another origin than this page's, and then says nothing here.
  const consent = waiting?.next.next_step === 'oauth' ? waiting.connection : null
  const watched = useQuery({
    ...queries.connection(consent ?? ''),
    enabled: consent !== null,
    refetchInterval: watchMs,
    staleTime: 0,
  })
  const wasBroken = useRef(false)
  useEffect(() => {
    if (consent === null || !watched.data || watched.isFetching) return
    if (watched.data.status === 'needs_reauth') wasBroken.current = true
    else if (wasBroken.current) finish({ outcome: 'authorized', problem: null })
  }, [consent, watched.data, watched.isFetching])

  const device = waiting?.next.next_step === 'device' ? waiting : null
  useEffect(() => {
    if (!device) return
    let stopped = false
    const ask = async () => {
      const { status } = await api.connections.pollDevice(device.connection)
      if (stopped || status === 'pending') return
      finish(status === 'authorized' ? { outcome: 'authorized', problem: null } : expired)
    }
    const timer = setInterval(
      () => {
        // What fails once is asked again; the code runs out by itself.
        ask().catch(() => {})
      },
      (device.next.device?.interval ?? 5) * 1000,
    )
    return () => {
      stopped = true
      clearInterval(timer)
    }
  }, [device])

  return {
    waiting,
    end,
    /** In the very press of a button: later the browser would not open a window. */
    prepare() {
      setEnd(null)
      popup.current ??= window.open('', '', popupFeatures)
      // The provider's page must not reach this one.
      if (popup.current) popup.current.opener = null
    },
    /** What the gateway answered: leads the prepared window there. True when there is nothing to consent to. */
    begin(connection: string, next: NextStep): boolean {
      if (next.next_step === '') {
        popup.current?.close()
        popup.current = null
        return true
      }
      const { oauth_url: url } = next
      if (url === undefined) popup.current?.close()
      else popup.current?.location.replace(url)
      wasBroken.current = false
      setWaiting({ connection, next, blocked: url !== undefined && popup.current === null })
      return false
    },
    cancel() {
      popup.current?.close()
      popup.current = null
      setWaiting(null)
    },
  }
}

export type Consent = ReturnType<typeof useConsent>
