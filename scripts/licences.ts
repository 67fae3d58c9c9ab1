import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'

/**
 * `npm run licences`: fails when a package that the gateway, the SDK or the dashboard depends on has a licence that is not among
 * those that let everybody run, change and sell what contains it. Tools that only build and test are not looked at.
 */
const allowed: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  // Asks for the source of changed files only; ours are unchanged.
  'MPL-2.0',
  // Fonts.
  'OFL-1.1',
  'PostgreSQL',
  'Unlicense',
]

interface Locked {
  readonly version?: string
  readonly license?: string
  readonly link?: boolean
  readonly dev?: boolean
}

const lockFile = new URL('../package-lock.json', import.meta.url)

/** A name, or names joined by OR, of which one is enough, or by AND, of which all are needed; npm knows no deeper ones. */
export function isAllowed(expression: string): boolean {
  const parts = (word: string) => expression.replace(/^\((.*)\)$/, '$1').split(` ${word} `)
  if (parts('AND').length > 1) return parts('AND').every(isAllowed)
  return parts('OR').some((name) => allowed.includes(name))
}

/** Each package that does not only serve development, with a licence that is not allowed or not told. */
export function unwelcome(packages: Readonly<Record<string, Locked>>): string[] {
  return Object.entries(packages)
    .filter(([path, { link, dev }]) => path.includes('node_modules/') && link !== true && dev !== true)
    .filter(([, { license }]) => license === undefined || !isAllowed(license))
    .map(([path, { version, license }]) => `${path.replace(/.*node_modules\//, '')} ${version}: ${license ?? 'no licence'}`)
}

/** The texts that the licences of bundled packages ask to be passed on. Throws for a package that must not be bundled. */
export async function noticesOf(folders: readonly string[]): Promise<string> {
  const notices = await Promise.all(
    folders.map(async (folder) => {
      const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<
        string,
        string
      >
      if (license === undefined || !isAllowed(license))
        throw new Error(`${name} is licensed as ${license}, which is not allowed.`)
      const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(basename(file)))
      const texts = await Promise.all(files.sort().map((file) => readFile(join(folder, file), 'utf8')))
      return `${name} ${version} (${license})\n\n${texts.map((text) => text.trim()).join('\n\n')}`.trim()
    }),
  )
  return `Code of these packages is part of this one.\n\n${[...new Set(notices)].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}

if (process.argv[1] === import.meta.filename) {
  const { packages } = JSON.parse(await readFile(lockFile, 'utf8')) as { packages: Record<string, Locked> }
  const wrong = unwelcome(packages)
  for (const line of wrong) console.error(line)
  if (wrong.length > 0) console.error('Choose another package, or decide in scripts/licences.ts that its licence is welcome.')
  else console.log('licences: all allowed')
  process.exitCode = wrong.length === 0 ? 0 : 1
}
