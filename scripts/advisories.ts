import { spawnSync } from 'node:child_process'

/**
 * `npm run advisories`: asks the registry of npm for known holes in what the gateway, the SDK and the dashboard depend on, and fails
 * at a high or critical one. A registry that does not answer is no hole: that is said, and nothing fails.
 */
const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json', '--fetch-retries=1', '--fetch-timeout=20000'], {
  encoding: 'utf8',
})

interface Answer {
  readonly message?: string
  readonly metadata?: { readonly vulnerabilities: Readonly<Record<string, number>> }
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly range: string }>>
}

function parse(): Answer {
  try {
    return JSON.parse(stdout) as Answer
  } catch {
    return {}
  }
}

const { message, metadata, vulnerabilities = {} } = parse()
if (metadata === undefined) {
  console.log(`advisories: NOT CHECKED, the registry did not answer (${message ?? 'no answer'})`)
} else {
  const found = Object.entries(vulnerabilities)
  for (const [name, { severity, range }] of found) console.log(`${severity}: ${name} ${range}`)
  const severe = found.filter(([, { severity }]) => severity === 'high' || severity === 'critical').length
  console.log(`advisories: ${found.length} known, ${severe} of them high or critical`)
  process.exitCode = severe === 0 ? 0 : 1
}
