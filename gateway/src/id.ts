const alphabet = '0123456789abcdefghjkmnpqrstvwxyz' // Crockford's base 32
const kinds = {
  workspace: 'ws',
  user: 'usr',
  team: 'team',
  invitation: 'inv',
  token: 'tok',
  network: 'net',
  network_token: 'ntk',
  client: 'cli',
  toolset: 'set',
  connection: 'con',
  grant: 'gra',
  oauthApp: 'app',
  oauthFlow: 'flow',
  call: 'call',
  approval: 'apr',
  standing_approval: 'sta',
  result: 'res',
  code_run: 'code',
  recording: 'rec',
  workflow: 'wf',
  deployment: 'dep',
  run: 'run',
  step: 'stp',
  last_answer: 'las',
  notification_channel: 'nch',
  notification: 'ntf',
  alert_rule: 'alr',
  alert: 'alt',
  alert_silence: 'sil',
  alert_delivery: 'ald',
  secret_backend: 'smb',
} as const

export type IdKind = keyof typeof kinds

let pool = new Uint8Array(0)
let used = 0

function randomBytes16(): Uint8Array {
  // One system call for 256 ids.
  if (used >= pool.length) {
    pool = crypto.getRandomValues(new Uint8Array(4096))
    used = 0
  }
  used += 16
  return pool.subarray(used - 16, used)
}

/**
 * A new id: the kind's prefix, 10 characters of time in milliseconds and 16 random ones (80 bits), so that ids of a
 * kind sort by creation.
 */
export function newId(kind: IdKind, now: number = Date.now()): string {
  let random = ''
  for (const byte of randomBytes16()) random += alphabet[byte & 31]
  return firstId(kind, now) + random
}

/** What every id of this millisecond and of later ones sorts after. */
export function firstId(kind: IdKind, now: number): string {
  let time = ''
  for (let rest = Math.floor(now), i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = alphabet[rest % 32] + time
  return `${kinds[kind]}_${time}`
}
