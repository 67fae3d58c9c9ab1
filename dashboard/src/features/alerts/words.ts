import type { Alert, AlertRule } from '../../api/types.ts'

type Kind = AlertRule['kind']

interface KindWords {
  readonly label: string
  readonly hint: string
  /** Of the threshold. */
  readonly threshold: string
  /** Of the window; null where there is none. */
  readonly window: string | null
  /** The value in a sentence. */
  readonly value: (value: number) => string
  readonly usual: number
  readonly usualWindow: number
}

const count = (one: string, many: string) => (value: number) => `${value} ${value === 1 ? one : many}`

export const kindWords: Readonly<Record<Kind, KindWords>> = {
  connection_failing: {
    label: 'Failing connections',
    hint: 'Connections whose credential was refused or whose test failed.',
    threshold: 'Connections',
    window: null,
    value: count('connection fails', 'connections fail'),
    usual: 1,
    usualWindow: 1,
  },
  error_rate: {
    label: 'Error rate',
    hint: 'Of a hundred calls, those that failed through the API or the connection.',
    threshold: 'Percent of the calls',
    window: 'Minutes that count',
    value: (value) => `${Math.round(value * 10) / 10} % of the calls failed`,
    usual: 10,
    usualWindow: 15,
  },
  latency: {
    label: 'Latency',
    hint: '95 of 100 calls are faster than this.',
    threshold: 'Milliseconds (95th percentile)',
    window: 'Minutes that count',
    value: (value) => `${Math.round(value)} ms`,
    usual: 5000,
    usualWindow: 15,
  },
  credential_expiring: {
    label: 'Expiring credentials',
    hint: 'Certificates, tokens and authorizations that come to their end soon.',
    threshold: 'Credentials',
    window: 'Minutes ahead',
    value: count('credential ends soon', 'credentials end soon'),
    usual: 1,
    usualWindow: 14 * 1440,
  },
  limit_hit: {
    label: 'Limits hit',
    hint: 'Calls that a limit of the gateway refused.',
    threshold: 'Calls refused',
    window: 'Minutes that count',
    value: count('call refused', 'calls refused'),
    usual: 1,
    usualWindow: 15,
  },
  approval_pending: {
    label: 'Pending approvals',
    hint: 'Calls that wait for a person for longer than the window.',
    threshold: 'Calls waiting',
    window: 'Minutes they have waited',
    value: count('call waits', 'calls wait'),
    usual: 1,
    usualWindow: 15,
  },
}
export const kinds = (Object.keys(kindWords) as Kind[]).map((value) => ({
  value,
  label: kindWords[value].label,
  hint: kindWords[value].hint,
}))

export const stateOf = ({ state, silenced }: Alert) =>
  state === 'resolved'
    ? ({ shape: 'check', tone: 'idle', words: 'Resolved' } as const)
    : state === 'pending'
      ? ({ shape: 'half', tone: 'wait', words: 'Waits to fire' } as const)
      : silenced === null
        ? ({ shape: 'triangle', tone: 'bad', words: 'Firing' } as const)
        : ({ shape: 'slash', tone: 'idle', words: 'Firing, silenced' } as const)
