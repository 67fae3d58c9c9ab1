import { Type } from 'typebox'
import { channelKinds } from '../../call/notices/message.ts'
import { Instant } from './common.ts'

const Kind = Type.Enum([...channelKinds])
const channel = {
  id: Type.String(),
  kind: Kind,
  name: Type.String(),
  target: Type.String({ description: 'The host of its URL, or the email address.' }),
  last_delivered_at: Type.Union([Instant, Type.Null()]),
  last_error: Type.Union([Type.String(), Type.Null()], { description: 'Why the last attempt failed; null when it did not.' }),
  approvals: Type.Boolean({ description: 'Whether calls that wait are told there. Alerts name their channels themselves.' }),
  created_at: Instant,
}

/** Where people are told that a call waits for them, or that something is wrong. */
export const NotificationChannel = Type.Object(channel)
export const NotificationChannelList = Type.Object({ items: Type.Array(NotificationChannel), next_cursor: Type.Null() })
export const NewNotificationChannel = Type.Object({
  ...channel,
  secret: Type.Union([Type.String(), Type.Null()], {
    description:
      'Of a webhook, shown this once: `sallyport-signature` is `v1=` and the hex of HMAC-SHA-256 with it over `sallyport-timestamp`, a dot and the body.',
  }),
})
export const CreateNotificationChannelRequest = Type.Object(
  {
    kind: Kind,
    name: Type.String({ minLength: 1, maxLength: 100 }),
    url: Type.Optional(Type.String({ maxLength: 2000, description: 'Of the incoming webhook of a chat, or any URL.' })),
    key: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9]{16,64}$',
        description: "The integration key of PagerDuty's service; its URL may be left out.",
      }),
    ),
    approvals: Type.Optional(Type.Boolean({ description: 'false: alerts alone are told there. Of PagerDuty always.' })),
    email: Type.Optional(Type.String({ maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$' })),
  },
  { additionalProperties: false },
)
