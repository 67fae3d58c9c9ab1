import { type ConnectorDefinition, defineConnector, fail, succeed, t } from '@sallyport/sdk/kit'
import { SmtpError, sendMail } from '../../egress/smtp.ts'
import type { Egress } from '../../egress/types.ts'
import { secretOf } from './secret-of.ts'

const address = { type: 'string', maxLength: 254, pattern: '^[^\\s@,;<>"]+@[^\\s@,;<>"]+$' }
const addresses = { type: 'array', items: address, minItems: 1, maxItems: 100 }

export function smtp(egress: Egress): ConnectorDefinition {
  return defineConnector({
    name: 'smtp',
    version: '1.0.0',
    title: 'Mail (SMTP)',
    description: 'Sends mail by the server of the connection.',
    category: 'communication',
    connectionConfig: {
      host: t.string({ required: true }),
      port: t.number({ default: 587 }),
      tls: t.select(['starttls', 'implicit', 'off'], { default: 'starttls' }),
      user: t.string(),
      password: t.secret(),
      from: t.string({ required: true, description: 'The sender of every mail.' }),
    },
    defaultCommand: 'send',
    errorMap: (error) =>
      error instanceof SmtpError
        ? { error: error.message, diagnostics: { reply: error.reply, ...(error.reply === 535 && { status: 401 }) } }
        : null,
    commands: (defineCommand) => ({
      send: defineCommand({
        description: 'Send a mail as text, HTML or both.',
        params: {
          to: t.raw<string[]>(addresses, { required: true }),
          cc: t.raw<string[]>(addresses),
          bcc: t.raw<string[]>(addresses),
          reply_to: t.raw<string>(address),
          subject: t.string({ required: true }),
          text: t.string(),
          html: t.string(),
        },
        outputs: ['message_id', 'accepted', 'rejected'],
        mock: {
          default: ({ params }) => succeed({ payload: { message_id: '<mock@sallyport>', accepted: params.to, rejected: [] } }),
        },
        async handler({ params, connection, signal, timeLeft, sending }) {
          const { text, html, cc, bcc, reply_to, to, subject } = params
          if (text === undefined && html === undefined) return fail({ error: 'A mail needs text or html.' })
          const { host, port, tls, user, password, from } = connection
          const target = { host, port, tls, user, password: secretOf(password) }
          const optional = {
            ...(cc && { cc }),
            ...(bcc && { bcc }),
            ...(reply_to && { reply_to }),
            ...(text && { text }),
            ...(html && { html }),
          }
          const mail = { from, to, subject, ...optional }
          return succeed({ payload: await sendMail(egress, target, mail, { timeoutMs: timeLeft(), signal, sending }) })
        },
      }),
    }),
  })
}
