import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface MailServer {
  /** With these settings a gateway sends its mails here. */
  readonly env: Readonly<Record<string, string>>
  /** Everything that came, as it came. */
  readonly mails: readonly string[]
  /** The mail that this work brings, as text. */
  next(work: () => Promise<unknown>): Promise<string>
  close(): Promise<void>
}

/** A real mail server on loopback that takes every mail and passes none on. */
export async function startMailServer(): Promise<MailServer> {
  const mails: string[] = []
  let arrived = Promise.withResolvers<void>()
  const smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, _session, done) {
      let text = ''
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8')
      })
      stream.on('end', () => {
        mails.push(text)
        arrived.resolve()
        done()
      })
    },
  })
  const listening = smtp.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as AddressInfo
  return {
    env: { SALLYPORT_SMTP_URL: `smtp://127.0.0.1:${port}`, SALLYPORT_MAIL_FROM: 'Sallyport <gateway@example.test>' },
    mails,
    async next(work) {
      arrived = Promise.withResolvers()
      await work()
      await arrived.promise
      // Quoted-printable, as mail is.
      const text = (mails.at(-1) ?? '').replace(/=\r?\n/g, '')
      return text.replace(/=([0-9A-F]{2})/g, (_all, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)))
    },
    close: () => new Promise<void>((resolve) => smtp.close(() => resolve())),
  }
}

/** The one-time code of a link, in a mail or alone. */
export const codeIn = (text: string) => /#code=([\w-]+)/.exec(text)?.[1] ?? ''
