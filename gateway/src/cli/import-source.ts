import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { CliError } from './failure.ts'
import { readTextFile } from './values.ts'

/** What the gateway imports from, in the words of its API. */
export type ImportFrom =
  | { readonly url: string }
  | { readonly text: string }
  | { readonly zip: string }
  | { readonly files: Readonly<Record<string, string>> }

/** Folders that never hold a part of an API document. */
const skipped: ReadonlySet<string> = new Set(['node_modules', '.git'])
const maxFiles = 2000
const maxBytes = 64 * 1024 * 1024

/** A URL, which the gateway fetches, or a file, a zip or a folder of this machine, which is read here and sent. */
export async function readSource(source: string): Promise<ImportFrom> {
  if (/^https?:\/\//i.test(source)) return { url: source }
  const found = await stat(source).catch(() => null)
  if (found?.isDirectory()) return { files: await readFolder(source) }
  if (found?.isFile() && /\.zip$/i.test(source)) return { zip: (await readFile(source)).toString('base64') }
  return { text: await readTextFile(source) }
}

async function readFolder(folder: string): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {}
  let bytes = 0
  const visit = async (path: string): Promise<void> => {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const inner = join(path, entry.name)
      if (entry.isDirectory() && !skipped.has(entry.name)) await visit(inner)
      if (!entry.isFile() || !/\.(json|ya?ml|har|graphqls?|gql)$/i.test(entry.name)) continue
      const text = await readTextFile(inner)
      bytes += text.length
      if (bytes > maxBytes || Object.keys(files).length >= maxFiles)
        throw new CliError(
          'PAYLOAD_TOO_LARGE',
          `${folder} holds more than ${maxFiles} files or ${maxBytes / 1024 / 1024} MB of JSON and YAML.`,
          'Name the folder of the API document alone.',
        )
      files[relative(folder, inner).split(sep).join('/')] = text
    }
  }
  await visit(folder)
  if (Object.keys(files).length === 0)
    throw new CliError('INVALID_INPUT', `${folder} holds no JSON or YAML file.`, 'Name the folder of the API document.')
  return files
}
