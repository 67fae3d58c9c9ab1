import { changesBetween, gravest, type SemverClass } from './changes/compare.ts'
import type { ConnectorDocument } from './document.ts'

export interface NextVersion {
  /** The smallest step that is honest about the change. */
  readonly floor: SemverClass
  readonly version: string
  /** What demands the floor, for people; at most 20. */
  readonly reasons: readonly string[]
}

const maxReasons = 20

function numbers(version: string): [number, number, number] {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0)
  return [major, minor, patch]
}

/** Whether version `a` comes after `b`. */
export function isNewer(a: string, b: string): boolean {
  const [left, right] = [numbers(a), numbers(b)]
  const index = left.findIndex((number, i) => number !== right[i])
  return index >= 0 && (left[index] ?? 0) > (right[index] ?? 0)
}

export function bump(version: string, floor: SemverClass): string {
  const [major, minor, patch] = numbers(version)
  if (floor === 'major') return `${major + 1}.0.0`
  return floor === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`
}

/** The version a changed document must have at least, by the gravest of its changes. */
export function nextVersion(previous: ConnectorDocument, next: ConnectorDocument, previousVersion: string): NextVersion {
  const changes = changesBetween(previous, next)
  const floor = gravest(changes)
  const grave = changes.filter((change) => change.class === floor)
  const reasons = floor === 'patch' ? [] : grave.slice(0, maxReasons).map(({ message }) => message)
  return { floor, version: bump(previousVersion, floor), reasons }
}
