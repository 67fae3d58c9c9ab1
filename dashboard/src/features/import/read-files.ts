import type { ImportSource } from '../../api/types.ts'
import { formatBytes } from '../../lib/format.ts'

/** As much as the gateway takes of one document. */
const maxBytes = 64 * 1024 * 1024

const isZip = ({ name }: File): boolean => /\.zip$/i.test(name)

/** The files as the gateway takes them: one as a text, several by name, a zip whole. Throws when they are too large. */
export async function readFiles(files: readonly File[]): Promise<ImportSource> {
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  if (bytes > maxBytes)
    throw new Error(`${formatBytes(bytes)} is more than the ${formatBytes(maxBytes)} that one import takes. Choose fewer files.`)
  const [first] = files
  if (files.length === 1 && first) return isZip(first) ? { zip: await base64Of(first) } : { text: await first.text() }
  return { files: Object.fromEntries(await Promise.all(files.map(async (file) => [file.name, await file.text()] as const))) }
}

function base64Of(file: File): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const reader = new FileReader()
  reader.onerror = () => reject(reader.error)
  // A data URL: what stands before the comma is its type.
  reader.onload = () => resolve(String(reader.result).split(',', 2)[1] ?? '')
  reader.readAsDataURL(file)
  return promise
}
