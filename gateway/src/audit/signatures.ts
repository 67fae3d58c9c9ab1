/** The texts that are signed; docs/guide/audit.md has them for whoever verifies. */
export function checkpointText(workspace: string, seq: number | string, hash: Buffer, at: Date): string {
  return `sallyport audit checkpoint\n${workspace}\n${seq}\n${hash.toString('hex')}\n${at.toISOString()}`
}

/** For the entries from first to last, which retention removed; the hash is that of the last. */
export function gapText(workspace: string, first: number | string, last: number | string, hash: Buffer, at: Date): string {
  return `sallyport audit gap\n${workspace}\n${first}\n${last}\n${hash.toString('hex')}\n${at.toISOString()}`
}
