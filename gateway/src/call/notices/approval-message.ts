import { line, type Message } from './message.ts'

/** What people are told of a call that waits. Never its input, which may be confidential: that is behind the link. */
export interface Notice {
  readonly approval_id: string
  readonly workspace: string
  readonly connector: string
  readonly action: string
  readonly connection: string
  readonly effect: string
  readonly risk: string | null
  readonly requested_by: string
  readonly expires_at: string
  /** Opens the page of the approval once, without signing in, for reading. */
  readonly link: string
  /** The same page for whoever is signed in. */
  readonly url: string
}

export function approvalMessage(notice: Notice): Message {
  const { requested_by, connector, action, connection, effect, risk, expires_at, link, url } = notice
  const grave = risk === 'high' ? ', of high risk' : ''
  return {
    subject: `A call of ${line(connector)} ${line(action)} waits for approval`,
    text: `${line(requested_by)} asks to call ${line(connector)} ${line(action)} (${effect}${grave}) through "${line(connection)}". The call waits until somebody decides, at the latest until ${new Date(expires_at).toUTCString()}.`,
    links: [
      { label: 'See the request', invitation: 'See the exact request (the link works once)', url: link },
      { label: 'Decide', invitation: 'Sign in to decide', url, primary: true },
    ],
    data: { type: 'approval.waiting', ...notice },
  }
}
