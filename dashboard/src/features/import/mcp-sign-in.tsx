import { SallyportProblem } from '@sallyport/sdk'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { LogIn } from 'lucide-react'
import { useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import type { Connection } from '../../api/types.ts'
import { asConnectorDocument, environmentsOf, isSlug } from '../../lib/connector-document.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { lacksTools } from '../connections/take-tools.tsx'
import { ConsentPanel } from '../consent/consent-panel.tsx'
import { useConsent } from '../consent/use-consent.ts'
import { useMay } from '../session/session.ts'

/** Where a server has people sign in, if that is why it did not list its tools. */
export function signInOf(error: unknown): string | null {
  const asked = error instanceof SallyportProblem ? error.diagnostics?.sign_in : undefined
  if (typeof asked !== 'object' || asked === null || !('issuer' in asked)) return null
  return typeof asked.issuer === 'string' && URL.canParse(asked.issuer) ? new URL(asked.issuer).host : null
}

const proposedSlug = (url: string): string =>
  new URL(url).hostname
    .replace(/^(www|mcp)\./, '')
    .replace(/\.[a-z]+$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+/, '') || 'mcp'

/** One that was begun and left without tools, by the id that is taken: it is gone on with. Null for any other. */
async function begunBefore(slug: string, url: string): Promise<{ readonly connection: Connection | undefined } | null> {
  const document = asConnectorDocument(await api.connectors.get(slug))
  const same = environmentsOf(document).some((name) => isSameAddress(document.servers[name]?.url, url))
  if (!lacksTools(document) || !same) return null
  const { items } = await api.connections.list({ connector: slug })
  return { connection: items.find(({ status }) => status !== 'needs_reauth') ?? items[0] }
}

const isSameAddress = (one: string | undefined, other: string): boolean =>
  one !== undefined && URL.canParse(one) && new URL(one).href === new URL(other).href

interface SignInProps {
  readonly url: string
  readonly transport?: 'http' | 'sse' | undefined
  readonly trusted: boolean
  /** The host of the authorization server. */
  readonly at: string
  /** Somebody has signed in: the connector whose connection lists the tools. */
  readonly onSignedIn: (connector: string) => void
}

/** Null for an id that is taken. */
function isTaken(error: unknown): null {
  if (error instanceof SallyportProblem && error.code === 'CONFLICT') return null
  throw error
}

/** A server that people sign in at: its connector and a connection are made first, and its tools are listed after that. */
export function McpSignIn({ url, transport, trusted, at, onSignedIn }: SignInProps) {
  const client = useQueryClient()
  const mayDefine = useMay('admin')
  const [slug, setSlug] = useState(() => proposedSlug(url))
  const made = useRef<string>(undefined)
  const connection = useRef<string>(undefined)
  const consent = useConsent(() => onSignedIn(slug))
  const begin = useMutation({
    mutationFn: async () => {
      if (made.current !== slug) {
        const asked = { kind: 'mcp', url, connector: slug, sign_in: true, trust_annotations: trusted } as const
        connection.current = undefined
        const created = await api.connectors.create(transport === undefined ? asked : { ...asked, transport }).catch(isTaken)
        const begun = created === null ? await begunBefore(slug, url) : undefined
        if (begun === null) throw new Error(`The id ${slug} is taken by another connector. Choose another one.`)
        made.current = slug
        connection.current = begun?.connection?.id
        if (begun?.connection !== undefined && begun.connection.status !== 'needs_reauth')
          return { id: begun.connection.id, next: { next_step: '' as const } }
      }
      const next =
        connection.current === undefined
          ? await api.connections.create({ connector: slug })
          : { id: connection.current, ...(await api.connections.reauthorize(connection.current)) }
      connection.current = next.id
      return { id: next.id, next }
    },
    onSuccess: ({ id, next }) => {
      if (consent.begin(id, next)) onSignedIn(slug)
    },
    onError: consent.cancel,
    onSettled: () => client.invalidateQueries({ queryKey: ['connectors'] }),
  })
  const start = () => {
    consent.prepare()
    begin.mutate()
  }
  if (!mayDefine)
    return <p className="text-ink-2">This server has people sign in at {at}. Adding it as a connector takes an administrator.</p>
  return (
    <section aria-label="Sign in" className="space-y-4 rounded-panel border border-line bg-panel p-4">
      <div>
        <h2 className="font-semibold">This server has people sign in at {at}</h2>
        <p className="mt-0.5 text-ink-2">
          Its connector is made first, and you sign in for it. Then its tools are listed, and you choose which of them agents get.
        </p>
      </div>
      {consent.waiting === null && (
        <>
          <TextField
            label="Id of the connector"
            mono
            value={slug}
            onValueChange={setSlug}
            error={isSlug(slug) ? undefined : 'Small letters, digits, _ and -, beginning with a letter.'}
          />
          <Button look="primary" icon={<LogIn size={14} />} busy={begin.isPending} disabled={!isSlug(slug)} onClick={start}>
            Sign in at {at}
          </Button>
        </>
      )}
      <ConsentPanel consent={consent} provider={at} onAgain={start} />
      <ErrorNotice error={begin.error} />
    </section>
  )
}
