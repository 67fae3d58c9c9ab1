import { ExternalLink } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Button, type ButtonLook, buttonClass } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { checkStates, Mark } from '../../ui/status.tsx'
import type { Consent, ConsentEnd } from './use-consent.ts'

interface PanelProps {
  readonly consent: Consent
  /** Who is asked, such as GitHub. */
  readonly provider: string
  readonly onAgain: () => void
}

/** While somebody consents elsewhere: what to do there; and afterwards what went wrong. */
export function ConsentPanel({ consent: { waiting, end, cancel }, provider, onAgain }: PanelProps) {
  const panel = useRef<HTMLElement>(null)
  // The button that was pressed is gone, and on a phone this may be out of sight.
  useEffect(() => {
    if (waiting) panel.current?.focus()
  }, [waiting])
  if (!waiting) return end && end.outcome !== 'authorized' ? <Ended end={end} provider={provider} onAgain={onAgain} /> : null
  const { device, oauth_url: url } = waiting.next
  return (
    <section
      ref={panel}
      tabIndex={-1}
      aria-label="Consent"
      className="space-y-3 outline-none rounded-panel border border-line bg-panel p-4"
    >
      <p className="flex items-center gap-2.5 font-medium" role="status">
        <Mark state={checkStates.running} className="animate-turn" />
        {waiting.blocked ? 'Your browser did not open a window' : `Waiting for your consent at ${provider}`}
      </p>
      {device && (
        <>
          <p className="text-ink-2">Open the page below on any device and type in this code:</p>
          <p className="flex items-center gap-2">
            <code className="rounded-control bg-sunken px-3 py-1.5 text-figure tracking-wide">{device.user_code}</code>
            <CopyButton value={device.user_code} label="Copy the code" />
          </p>
          <OutsideLink url={device.verification_uri_complete ?? device.verification_uri}>{device.verification_uri}</OutsideLink>
        </>
      )}
      {url !== undefined && (
        <p className="text-ink-2">
          {waiting.blocked ? 'Continue by this link: it opens a page of its own. ' : 'Sign in there and allow the access. '}
          This page goes on by itself.
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        {url !== undefined && (
          <OutsideLink url={url} look={waiting.blocked ? 'primary' : 'plain'}>
            {waiting.blocked ? `Continue at ${provider}` : 'Open it again'}
          </OutsideLink>
        )}
        <Button look="quiet" onClick={cancel}>
          Cancel
        </Button>
      </div>
    </section>
  )
}

function OutsideLink({
  url,
  look = 'plain',
  children,
}: {
  readonly url: string
  readonly look?: ButtonLook
  readonly children: string
}) {
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" className={buttonClass(look)}>
      {children}
      <ExternalLink size={13} aria-hidden />
    </a>
  )
}

function Ended({
  end,
  provider,
  onAgain,
}: {
  readonly end: ConsentEnd
  readonly provider: string
  readonly onAgain: () => void
}) {
  return (
    <section role="alert" className="rounded-panel border border-bad/30 bg-bad-wash p-4">
      <h2 className="font-semibold">
        {end.outcome === 'refused' ? `${provider} was not allowed` : 'The consent did not come through'}
      </h2>
      <p className="mt-0.5 text-ink-2">{end.problem}</p>
      <p className="mt-1 text-small text-ink-2">
        {end.outcome === 'refused'
          ? 'Without it the connection cannot be used. Ask again, and allow the access there.'
          : 'Ask again. If it ends so once more, see that the redirect URL and the scopes are entered at the provider.'}
      </p>
      <Button size="small" className="mt-3" onClick={onAgain}>
        Ask again
      </Button>
    </section>
  )
}
