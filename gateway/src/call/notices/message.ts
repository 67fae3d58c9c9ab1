import { unreachable } from '../../errors.ts'

/** Ways to tell people: a chat by its incoming webhook, any URL, a mailbox, whoever is on call. */
export const channelKinds = ['slack', 'teams', 'webhook', 'email', 'pagerduty'] as const
export type ChannelKind = (typeof channelKinds)[number]

/** What one message says, before it is put in the words of a channel. Plain text everywhere. */
export interface Message {
  /** Names the matter in a few words. */
  readonly subject: string
  /** One paragraph. */
  readonly text: string
  readonly links: readonly Link[]
  /** What a webhook gets. */
  readonly data: Readonly<Record<string, unknown>>
  /** Only of what whoever is on call is woken for: the same key opens the incident and closes it. */
  readonly incident?: Incident
}

interface Link {
  readonly label: string
  /** The same in a sentence, before the address in a mail. */
  readonly invitation: string
  readonly url: string
  readonly primary?: true
}

interface Incident {
  readonly key: string
  readonly state: 'firing' | 'resolved'
  readonly severity: 'info' | 'warning' | 'error' | 'critical'
}

/** Names are foreign text: one line of it, short, without what turns text around. */
export const line = (text: string) =>
  text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 100)

/** Slack's incoming webhooks: plain text only, so that a name cannot mention or link anything. */
const slack = ({ subject, text, links }: Message) => ({
  text: subject.replace(/[<>&]/g, ' '),
  blocks: [
    { type: 'section', text: { type: 'plain_text', text, emoji: false } },
    {
      type: 'actions',
      elements: links.map(({ label, url, primary }) => ({
        ...{ type: 'button', text: { type: 'plain_text', text: label }, url },
        ...(primary && { style: 'primary' }),
      })),
    },
  ],
})

/** An adaptive card as the webhooks of Teams workflows take it: text runs, which know no markdown. */
const teams = ({ text, links }: Message) => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        body: [{ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text }] }],
        actions: links.map(({ label, url }) => ({ type: 'Action.OpenUrl', title: label, url })),
      },
    },
  ],
})

/** An event of PagerDuty's Events API v2. Its summary holds at most 1,024 characters. */
function pagerduty({ subject, text, links, data, incident }: Message, key: string) {
  if (incident === undefined) return null
  const event = { routing_key: key, dedup_key: incident.key, client: 'Sallyport' }
  if (incident.state === 'resolved') return { ...event, event_action: 'resolve' }
  return {
    ...event,
    event_action: 'trigger',
    payload: {
      summary: `${subject}. ${text}`.slice(0, 1024),
      source: 'sallyport',
      severity: incident.severity,
      custom_details: data,
    },
    links: links.map(({ label, url }) => ({ text: label, href: url })),
  }
}

/** The body of a request to a channel; null where the message is none for it. `key`: of PagerDuty's integration. */
export function bodyOf(kind: Exclude<ChannelKind, 'email'>, message: Message, key: string | null): string | null {
  switch (kind) {
    case 'slack':
      return JSON.stringify(slack(message))
    case 'teams':
      return JSON.stringify(teams(message))
    case 'webhook':
      return JSON.stringify(message.data)
    case 'pagerduty': {
      const event = pagerduty(message, key ?? '')
      return event === null ? null : JSON.stringify(event)
    }
    default:
      return unreachable(kind)
  }
}

export function mailOf(to: string, { subject, text, links }: Message) {
  return {
    to,
    subject,
    text: [text, ...links.flatMap(({ invitation, url }) => [`${invitation}:`, url])].join('\n\n').concat('\n'),
  }
}
