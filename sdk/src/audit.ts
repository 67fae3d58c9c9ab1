/** An export of the audit log, verified without a gateway: what docs/guide/audit.md describes, with Web Crypto alone. */

export interface AuditProblem {
  /** First and last entry it is about. */
  readonly seq: number
  readonly last_seq: number
  readonly kind: 'altered' | 'removed' | 'cut_off' | 'inserted' | 'checkpoint' | 'gap' | 'format'
  readonly detail: string
}

export interface AuditReport {
  readonly workspace_id: string
  /** Ed25519, in hex: what the checkpoints are signed with. Compare it with the one you noted when you trusted the gateway. */
  readonly public_key: string
  readonly from: number
  readonly to: number
  readonly entries: number
  readonly checkpoints: number
  /** At most 100. */
  readonly problems: readonly AuditProblem[]
}

/** What you kept elsewhere; each makes the verification stronger. Hex. */
export interface AuditKnowledge {
  readonly publicKey?: string | undefined
  /** A checkpoint (`sallyport audit checkpoint`): the chain must have this hash at this place. */
  readonly checkpoint?: { readonly seq: number; readonly hash: string } | undefined
}

const mostProblems = 100
const utf8 = new TextEncoder()

function bytesOf(hex: unknown): Uint8Array<ArrayBuffer> {
  const text = typeof hex === 'string' && /^(?:[0-9a-f]{2})*$/i.test(hex) ? hex : ''
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function linked(previous: Uint8Array, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const entry = utf8.encode(text)
  const input = new Uint8Array(previous.length + entry.length)
  input.set(previous)
  input.set(entry, previous.length)
  return new Uint8Array(await crypto.subtle.digest('SHA-256', input))
}

async function isSigned(publicKey: string, text: string, signature: unknown): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', bytesOf(publicKey), 'Ed25519', false, ['verify'])
    return await crypto.subtle.verify('Ed25519', key, bytesOf(signature), utf8.encode(text))
  } catch {
    return false
  }
}

/** Any line of an export; which fields it has depends on its type. */
interface Line {
  readonly type?: unknown
  readonly workspace_id?: unknown
  readonly public_key?: unknown
  readonly from?: unknown
  readonly to?: unknown
  readonly first_seq?: unknown
  readonly last_seq?: unknown
  readonly seq?: unknown
  readonly at?: unknown
  readonly kind?: unknown
  readonly body?: unknown
  readonly hash?: unknown
  readonly signature?: unknown
  readonly entries?: unknown
}

function parse(text: string): Line {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

/** Follows the chain of one export, a line at a time. */
class Verifier {
  readonly problems: AuditProblem[] = []
  readonly #known: AuditKnowledge
  /** What the signed checkpoints, which come first, and the one kept elsewhere say of the entries to come. */
  readonly #due = new Map<number, string>()
  #workspace = ''
  #publicKey = ''
  #from = 1
  #to = 0
  #entries = 0
  #checkpoints = 0
  #at = 0
  /** Null when it is not in the file: the first entry then stands for itself. */
  #hash: Uint8Array | null = new Uint8Array(32)
  #ended = false

  constructor(known: AuditKnowledge) {
    this.#known = known
  }

  async take(text: string): Promise<void> {
    const line = parse(text)
    if (line.type === 'audit_log') this.#begin(line)
    else if (line.type === 'gap') await this.#gap(line)
    else if (line.type === 'checkpoint') await this.#checkpoint(line)
    else if (line.type === 'entry') await this.#entry(line)
    else if (line.type === 'end') this.#ended = line.entries === this.#entries
    else this.#problem('format', this.#at + 1, this.#at + 1, 'A line is not one of an export.')
  }

  report(): AuditReport {
    if (this.#at < this.#to)
      this.#problem('cut_off', this.#at + 1, this.#to, `Entries #${this.#at + 1} to #${this.#to} are missing at the end.`)
    else if (!this.#ended)
      this.#problem('format', this.#at, this.#at, 'The file does not end as an export does: download it again.')
    const { publicKey } = this.#known
    if (publicKey !== undefined && publicKey.toLowerCase() !== this.#publicKey)
      this.#problem('checkpoint', this.#from, this.#at, `The file is signed with another key (${this.#publicKey}) than yours.`)
    const farthest = Math.max(this.#at, ...this.#due.keys())
    if (farthest > Math.max(this.#at, this.#to))
      this.#problem(
        'cut_off',
        this.#at + 1,
        farthest,
        `Entries #${this.#at + 1} to #${farthest} are missing at the end: there is a checkpoint at #${farthest}.`,
      )
    return {
      workspace_id: this.#workspace,
      public_key: this.#publicKey,
      from: this.#from,
      to: this.#at,
      entries: this.#entries,
      checkpoints: this.#checkpoints,
      problems: this.problems,
    }
  }

  #problem(kind: AuditProblem['kind'], seq: number, last_seq: number, detail: string): void {
    if (this.problems.length < mostProblems) this.problems.push({ seq, last_seq, kind, detail })
  }

  #begin({ workspace_id, public_key, from, to }: Line): void {
    this.#workspace = String(workspace_id)
    this.#publicKey = String(public_key).toLowerCase()
    this.#from = Number(from)
    this.#to = Number(to)
    this.#at = this.#from - 1
    if (this.#from > 1) this.#hash = null
    const { checkpoint } = this.#known
    if (checkpoint !== undefined && checkpoint.seq >= this.#from) this.#expect(checkpoint.seq, checkpoint.hash.toLowerCase())
  }

  async #gap({ first_seq, last_seq, hash, at, signature }: Line): Promise<void> {
    const [first, last] = [Number(first_seq), Number(last_seq)]
    const text = `sallyport audit gap\n${this.#workspace}\n${first}\n${last}\n${String(hash)}\n${String(at)}`
    if (!(await isSigned(this.#publicKey, text, signature)))
      return this.#problem('gap', first, last, `That #${first} to #${last} were removed is not signed.`)
    if (first !== this.#at + 1) return
    this.#at = last
    this.#hash = bytesOf(hash)
  }

  async #entry({ seq, at, kind, body, hash }: Line): Promise<void> {
    const here = Number(seq)
    this.#entries++
    if (here <= this.#at)
      return this.#problem('inserted', here, here, `Entry #${here} stands there a second time, or out of order.`)
    if (here > this.#at + 1) {
      this.#problem('removed', this.#at + 1, here - 1, `Entries #${this.#at + 1} to #${here - 1} are missing.`)
      this.#hash = null
    }
    if (this.#hash !== null) {
      const due = await linked(this.#hash, `${this.#workspace}\n${here}\n${String(at)}\n${String(kind)}\n${String(body)}`)
      if (hexOf(due) !== hash)
        this.#problem('altered', here, here, `Entry #${here} is not what was written there, or stands in another's place.`)
    }
    this.#at = here
    this.#hash = bytesOf(hash)
    const signed = this.#due.get(here)
    this.#due.delete(here)
    if (signed !== undefined && signed !== hash)
      this.#problem('altered', here, here, `The chain up to #${here} was written anew: its signed checkpoint has another hash.`)
  }

  async #checkpoint({ seq, hash, at, signature }: Line): Promise<void> {
    const here = Number(seq)
    this.#checkpoints++
    const text = `sallyport audit checkpoint\n${this.#workspace}\n${here}\n${String(hash)}\n${String(at)}`
    if (await isSigned(this.#publicKey, text, signature)) this.#expect(here, String(hash))
    else this.#problem('checkpoint', here, here, `The checkpoint at #${here} is not signed with the key of the file.`)
  }

  #expect(seq: number, hash: string): void {
    const other = this.#due.get(seq)
    if (other !== undefined && other !== hash)
      this.#problem('altered', seq, seq, `The chain up to #${seq} was written anew: your checkpoint has another hash.`)
    this.#due.set(seq, hash)
  }
}

/** Verifies an export (`sallyport.audit.export`), line by line. Never throws for what a file says: everything wrong is in the report. */
export async function verifyAuditExport(lines: AsyncIterable<string>, known: AuditKnowledge = {}): Promise<AuditReport> {
  const verifier = new Verifier(known)
  for await (const line of lines) if (line !== '') await verifier.take(line)
  return verifier.report()
}
