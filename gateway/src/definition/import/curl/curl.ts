import { SallyportError } from '../../../errors.ts'
import { importDraft } from '../draft.ts'
import type { Imported, ImportOptions } from '../openapi.ts'
import { Reporter } from '../report.ts'
import { Credentials } from '../requests/credentials.ts'
import { draftOfRequests } from '../requests/draft-of.ts'
import { requestOf } from './request-of.ts'
import { curlCommands } from './shell.ts'

/** More commands than any page shows. */
const MAX_COMMANDS = 2000

/** A connector out of curl commands, as documentation and browsers show them. Values become inputs with examples. */
export function importCurl(text: string, options: ImportOptions = {}): Imported {
  const report = new Reporter()
  const credentials = new Credentials()
  const commands = curlCommands(text)
  if (commands.length > MAX_COMMANDS)
    throw new SallyportError('INVALID_INPUT', {
      detail: `The text has more than ${MAX_COMMANDS} curl commands. Split it and import the parts.`,
    })
  const open = commands.find(({ isOpen }) => isOpen)
  if (open !== undefined && commands.length === 1)
    throw new SallyportError('INVALID_INPUT', {
      detail: `The curl command at line ${open.line} has a quote that is not closed. Paste the whole command.`,
    })
  let others = 0
  const requests = commands.flatMap(({ words, line, isOpen }) => {
    const at = `line ${line}`
    const request = isOpen ? null : requestOf(words, at, credentials, report)
    if (isOpen) report.add('operation_not_imported', '', at, 'The command is not imported: a quote in it is not closed.')
    if (request === null) others += 1
    return request === null ? [] : [request]
  })
  if (requests.length === 0)
    throw new SallyportError('INVALID_INPUT', {
      detail: 'No curl command with an address was found in the text. Paste commands such as: curl https://api.example.com/users',
    })
  return importDraft(
    draftOfRequests({ format: 'curl', requests, credentials, others, serverUrl: options.serverUrl }, report),
    report,
    options,
  )
}
