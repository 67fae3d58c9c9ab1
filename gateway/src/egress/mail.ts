import type { Transporter } from 'nodemailer'
import type { Log } from '../log.ts'
import { reveal, type Secret } from '../secret.ts'

export interface Mail {
  readonly to: string
  readonly subject: string
  /** Plain text. */
  readonly text: string
}

/** Sends mail by the operator's SMTP server. */
export interface Mailer {
  /** Whether the server took the mail. What went wrong is in the log. */
  send(mail: Mail): Promise<boolean>
}

/** Milliseconds for each step of a delivery: somebody waits for the answer. */
const stepMs = 10_000

/**
 * The SMTP server is the operator's infrastructure, like the database: its address comes from the environment alone, so the
 * guard of addresses does not apply. A password goes over TLS, or to this very machine, only.
 */
export function createMailer({ smtpUrl, from, log }: { smtpUrl: Secret; from: string; log: Log }): Mailer {
  let transport: Promise<Transporter> | undefined
  // Loaded with the first mail.
  const connect = async () => {
    const { createTransport } = await import('nodemailer')
    const url = new URL(reveal(smtpUrl))
    const local = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
    const secure = url.protocol === 'smtps:'
    return createTransport({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
      secure,
      ...(url.username !== '' && {
        auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
        requireTLS: !secure && !local,
      }),
      connectionTimeout: stepMs,
      greetingTimeout: stepMs,
      socketTimeout: stepMs,
      // A mail is text; nothing in it makes the mailer read a file or fetch a URL.
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  }

  return {
    async send({ to, subject, text }) {
      transport ??= connect()
      try {
        // As an object, so that no list or name can be made of it.
        await (await transport).sendMail({ from, to: { name: '', address: to }, subject, text })
        return true
      } catch (error) {
        log.warn({ err: error }, 'a mail could not be sent')
        return false
      }
    },
  }
}
