import { type Change, changesBetween, gravest, type SemverClass, semverClasses } from '../../definition/changes/compare.ts'
import { takePart, withOwn, withRemoved } from '../../definition/changes/take.ts'
import type { ConnectorDocument } from '../../definition/document.ts'
import type { ImportReport } from '../../definition/import/report.ts'
import { parseConnector } from '../../definition/parse.ts'
import { bump } from '../../definition/version.ts'
import { SallyportError } from '../../errors.ts'
import { sha256 } from '../../vault/digest.ts'
import type { Against, ImportJob } from './protocol.ts'

/** Changes told one by one; the gravest come first, and all are counted. */
const maxChanges = 2000

/** What differs in a newer document, as the API answers it but for who is affected. */
export interface Renewal {
  readonly fingerprint: string | null
  readonly current: string
  /** The version that taking everything would make; the current one when nothing differs. */
  readonly version: string
  readonly class: SemverClass | null
  readonly counts: Readonly<Record<SemverClass, number>>
  readonly changes: readonly Change[]
  /** Every action with a change, and null for what concerns connections: what can be taken by itself. */
  readonly parts: readonly { readonly action: string | null; readonly class: SemverClass; readonly changes: number }[]
  readonly report: ImportReport | null
}

interface Made {
  readonly document: ConnectorDocument
  readonly report: ImportReport | null
}

/**
 * What is new, or the document with what is to be taken of it. Throws CONFLICT when the newer document is not the one that was
 * looked at, or nothing of it is new.
 */
export function renew(
  job: ImportJob,
  { text, version: current, part, fingerprint }: Against,
  { document, report }: Made,
): Renewal | { readonly document: ConnectorDocument; readonly version: string } {
  const before = parseConnector(JSON.parse(new TextDecoder().decode(text)))
  // A connector file says everything; a description of an API has no words for what people here decided.
  const whole = report === null ? document : withOwn(before, document)
  const found = sha256(JSON.stringify({ ...whole, version: current })).toString('hex')
  if (job.want === 'changes') return renewalOf(before, whole, current, found, report)

  if (fingerprint !== undefined && fingerprint !== found)
    throw new SallyportError('CONFLICT', {
      detail: 'The document or the connector has changed since it was checked. Check it again, and decide on what it is now.',
    })
  const next = part === undefined ? whole : takePart(before, whole, part)
  const changes = changesBetween(before, next)
  if (changes.length === 0)
    throw new SallyportError('CONFLICT', { detail: `Nothing would change: version ${current} has all of it.` })
  const version = bump(current, gravest(changes))
  return { version, document: { ...withRemoved(before, next, version), version } }
}

function renewalOf(
  before: ConnectorDocument,
  after: ConnectorDocument,
  current: string,
  fingerprint: string,
  report: ImportReport | null,
): Renewal {
  const changes = changesBetween(before, after)
  const level = changes.length === 0 ? null : gravest(changes)
  const byAction = Map.groupBy(changes, ({ action }) => action)
  const count = (wanted: SemverClass) => changes.filter((change) => change.class === wanted).length
  return {
    fingerprint: level === null ? null : fingerprint,
    current,
    version: level === null ? current : bump(current, level),
    class: level,
    counts: { major: count('major'), minor: count('minor'), patch: count('patch') },
    changes: changes.slice(0, maxChanges),
    parts: [...byAction]
      .map(([action, within]) => ({ action, class: gravest(within), changes: within.length }))
      .sort((a, b) => semverClasses.indexOf(a.class) - semverClasses.indexOf(b.class)),
    report,
  }
}
