import { setTimeout } from 'node:timers/promises'
import type { Sallyport } from '@sallyport/sdk'
import { CliError } from './failure.ts'
import type { Output } from './output.ts'

/** What has to be done before a connection can be used, as the API says. */
interface NextStep {
  readonly next_step: string
  readonly oauth_url?: string
  readonly device?: { readonly user_code: string; readonly verification_uri: string; readonly interval: number }
  readonly expires_at?: string
}

const browserIntervalMs = 2_000

/** Shows where to consent, and waits until somebody has. Throws when nobody does in time. */
export async function waitForConsent(sallyport: Sallyport, id: string, step: NextStep, out: Output): Promise<void> {
  const until = Date.parse(step.expires_at ?? '')
  if (step.next_step === 'oauth') {
    out.note('Open this address in a browser and consent; this command waits for ten minutes:')
    out.line(step.oauth_url)
  } else if (step.device !== undefined) {
    out.note(`Open ${step.device.verification_uri} and type this code in; this command waits:`)
    out.line(step.device.user_code)
  } else return
  const pause = step.device === undefined ? browserIntervalMs : step.device.interval * 1000
  while (Date.now() < until) {
    await setTimeout(pause)
    if (step.device === undefined) {
      if ((await sallyport.connections.get(id)).status !== 'needs_reauth') return
    } else {
      const { status } = await sallyport.connections.pollDevice(id)
      if (status === 'authorized') return
      if (status === 'expired') break
    }
  }
  throw new CliError('TIMEOUT', 'Nobody has consented in time.', `Begin again: sallyport reauthorize ${id}`)
}
