import { SallyportProblem } from '@sallyport/sdk'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { LogIn } from 'lucide-react'
import { useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import { isSlug } from '../../lib/connector-document.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
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

interface SignInProps {
  readonly url: string
  readonly transport?: 'http' | 'sse' | undefined
  readonly trusted: boolean
  /** The host of the authorization server. */
  readonly at: string
  /** Somebody has signed in: the connector whose connection lists the tools. */
  readonly onSignedIn: (connector: string) => void
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
        await api.connectors.create(transport === undefined ? asked : { ...asked, transport })
        made.current = slug
        connection.current = undefined
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
