import type { ConnectionStatus } from '../store/schema.ts'

/** What mends a connection: a consent, another credential, other settings, or a test, which shows what is the matter. */
type MendStep = 'reauthorize' | 'rotate' | 'edit' | 'test'

/** What a person has to do so that a connection works, or goes on to work. */
export interface Mend {
  /** `soon`: it works, and comes to its end in less than two weeks. */
  readonly urgency: 'now' | 'soon'
  readonly reason: string
  readonly step: MendStep
  /** The step in a sentence. */
  readonly how: string
  /** Where a person takes the step, with one press. */
  readonly url: string
  /** Of what comes to an end. */
  readonly ends_at: string | null
}

interface Facts {
  readonly status: ConnectionStatus
  readonly detail: string | null
  /** How it does not fit its connector any more. */
  readonly problem: string | null
  /** Scopes that it wants and nobody has granted. */
  readonly missing: readonly string[]
  /** Whether its tokens come by the consent of a person. */
  readonly byConsent: boolean
  /** What ends first, and when. */
  readonly end: { readonly of: 'certificate' | 'authorization'; readonly at: Date } | null
  readonly now: number
  readonly url: string
}

const warnMs = 14 * 24 * 3_600_000

const hows: Readonly<Record<MendStep, string>> = {
  reauthorize: 'Sign in at the provider once more; agents then continue without a change.',
  rotate: 'Enter a new credential; agents then continue without a change.',
  edit: 'Set its environment and settings to what the connector has now, or connect anew.',
  test: 'Run the test to see which step fails.',
}

/** What a person is asked to grant, of scopes that a server names. */
export function lackOf(missing: readonly string[]): string {
  const shown = missing.slice(0, 10).join(', ')
  return `The server wants more than was granted: ${shown}${missing.length > 10 ? ' and more' : ''}. Sign in again to grant it.`
}

/** Null for a connection with which all is well as far as is known. */
export function mendOf({ status, detail, problem, byConsent, missing, end, now, url }: Facts): Mend | null {
  const renew = byConsent ? 'reauthorize' : 'rotate'
  const mend = (urgency: Mend['urgency'], step: MendStep, reason: string): Mend => ({
    ...{ urgency, reason, step, how: hows[step], url },
    ends_at: end?.at.toISOString() ?? null,
  })
  if (problem !== null) return mend('now', 'edit', problem)
  if (byConsent && missing.length > 0) return mend('now', 'reauthorize', lackOf(missing))
  if (status === 'needs_reauth') return mend('now', renew, detail ?? 'The API refused the credential.')
  const left = end === null ? Number.POSITIVE_INFINITY : end.at.getTime() - now
  if (end !== null && left < warnMs) {
    const of = end.of === 'certificate' ? 'The client certificate' : 'The authorization'
    const step = end.of === 'certificate' ? 'rotate' : renew
    const on = end.at.toISOString().slice(0, 10)
    return left <= 0 ? mend('now', step, `${of} ended on ${on}.`) : mend('soon', step, `${of} ends on ${on}.`)
  }
  return status === 'failing' ? mend('now', 'test', detail ?? 'The last test failed.') : null
}
