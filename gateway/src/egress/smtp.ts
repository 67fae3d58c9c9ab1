import { reveal, type Secret } from '../secret.ts'
import { type Egress, EgressError } from './types.ts'

export interface SmtpTarget {
  readonly host: string
  readonly port: number
  readonly user: string | undefined
  readonly password: Secret | undefined
  /** `implicit` speaks TLS from the first byte, `starttls` insists on the upgrade, `off` sends everything in clear. */
  readonly tls: 'implicit' | 'starttls' | 'off'
}

export interface OutgoingMail {
  readonly from: string
  readonly to: readonly string[]
  readonly cc?: readonly string[]
  readonly bcc?: readonly string[]
  readonly reply_to?: string
  readonly subject: string
  readonly text?: string
  readonly html?: string
}

export interface MailReceipt {
  readonly message_id: string
  readonly accepted: readonly string[]
  readonly rejected: readonly string[]
}

/** The server refused the mail or the sender. `status` is its reply (RFC 5321). */
export class SmtpError extends Error {
  override readonly name = 'SmtpError'
  readonly reply: number | undefined

  constructor(reply: number | undefined, message: string, cause: unknown) {
    super(message, { cause })
    this.reply = reply
  }
}

/** As an object, so that no list or name can be made of it. */
const address = (text: string) => ({ name: '', address: text })

/** Hands one mail to the server of a connection, at its checked address. Throws SmtpError and EgressError. */
export async function sendMail(
  egress: Egress,
  { host, port, user, password, tls }: SmtpTarget,
  mail: OutgoingMail,
  { timeoutMs, signal, sending }: { readonly timeoutMs: number; readonly signal: AbortSignal; readonly sending: () => void },
): Promise<MailReceipt> {
  const socket = await egress.dial({ door: 'smtp', host, port, timeoutMs, signal })
  sending()
  const end = () => socket.destroy()
  signal.addEventListener('abort', end, { once: true })
  try {
    const { createTransport } = await import('nodemailer')
    const transport = createTransport({
      host,
      port,
      connection: socket,
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'off',
      ...(user !== undefined && { auth: { user, pass: password === undefined ? '' : reveal(password) } }),
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      // Nothing in a mail makes the mailer read a file or fetch a URL.
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    const { from, to, cc = [], bcc = [], reply_to, subject, text, html } = mail
    const receipt = await transport.sendMail({
      from: address(from),
      to: to.map(address),
      cc: cc.map(address),
      bcc: bcc.map(address),
      ...(reply_to !== undefined && { replyTo: address(reply_to) }),
      subject,
      ...(text !== undefined && { text }),
      ...(html !== undefined && { html }),
    })
    return { message_id: receipt.messageId, accepted: receipt.accepted.map(textOf), rejected: receipt.rejected.map(textOf) }
  } catch (error) {
    if (error instanceof EgressError) throw error
    const { code, responseCode } = error instanceof Error ? (error as Error & { code?: unknown; responseCode?: unknown }) : {}
    const message = error instanceof Error ? error.message : String(error)
    if (code === 'ETLS') throw new EgressError('tls', false, message, error)
    if (typeof responseCode !== 'number' && code !== 'EAUTH' && code !== 'EENVELOPE')
      throw new EgressError('broken', true, message, error)
    throw new SmtpError(typeof responseCode === 'number' ? responseCode : undefined, message, error)
  } finally {
    signal.removeEventListener('abort', end)
    socket.destroy()
  }
}

const textOf = (recipient: string | { readonly address: string }) =>
  typeof recipient === 'string' ? recipient : recipient.address
