import { unreachable } from '../../errors.ts'

/** Ways to tell people: a chat by its incoming webhook, any URL, a mailbox. */
export const channelKinds = ['slack', 'teams', 'webhook', 'email'] as const
export type ChannelKind = (typeof channelKinds)[number]

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

/** Names are foreign text: one line of it, short, without what turns text around. */
const line = (text: string) =>
  text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 100)

/** One paragraph of plain text. */
export function textOf({ requested_by, connector, action, connection, effect, risk, expires_at }: Notice): string {
  const grave = risk === 'high' ? ', of high risk' : ''
  return `${line(requested_by)} asks to call ${line(connector)} ${line(action)} (${effect}${grave}) through "${line(connection)}". The call waits until somebody decides, at the latest until ${new Date(expires_at).toUTCString()}.`
}

/** Slack's incoming webhooks: plain text only, so that a name cannot mention or link anything. */
const slack = (notice: Notice) => ({
  text: `A call of ${line(notice.connector)} waits for approval`.replace(/[<>&]/g, ' '),
  blocks: [
    { type: 'section', text: { type: 'plain_text', text: textOf(notice), emoji: false } },
    {
      type: 'actions',
      elements: [
        { type: 'button', text: { type: 'plain_text', text: 'See the request' }, url: notice.link },
        { type: 'button', text: { type: 'plain_text', text: 'Decide' }, url: notice.url, style: 'primary' },
      ],
    },
  ],
})

/** An adaptive card as the webhooks of Teams workflows take it: text runs, which know no markdown. */
const teams = (notice: Notice) => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        body: [{ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: textOf(notice) }] }],
        actions: [
          { type: 'Action.OpenUrl', title: 'See the request', url: notice.link },
          { type: 'Action.OpenUrl', title: 'Decide', url: notice.url },
        ],
      },
    },
  ],
})

/** The body of a request to a channel. */
export function bodyOf(kind: Exclude<ChannelKind, 'email'>, notice: Notice): string {
  switch (kind) {
    case 'slack':
      return JSON.stringify(slack(notice))
    case 'teams':
      return JSON.stringify(teams(notice))
    case 'webhook':
      return JSON.stringify({ type: 'approval.waiting', ...notice })
    default:
      return unreachable(kind)
  }
}

export function mailOf(to: string, notice: Notice) {
  return {
    to,
    subject: `A call of ${line(notice.connector)} ${line(notice.action)} waits for approval`,
    text: `${textOf(notice)}

See the exact request (the link works once):

${notice.link}

Sign in to decide:

${notice.url}
`,
  }
}
