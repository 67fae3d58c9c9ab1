import type { ElicitRequest, ElicitResult } from '@modelcontextprotocol/client'
import { visible } from '../../../definition/import/mcp.ts'
import { isObject } from '../../../definition/json-schema/keywords.ts'
import type { Person, Question } from '../../person.ts'
import type { CommandRun } from '../command-run.ts'

/** Questions of one call: more is no conversation. */
const maxQuestions = 10
const maxMessage = 2_000
const maxSchema = 16_384
const maxUrl = 2_048

/** What a form must not ask for: an answer goes by the client, which may show it to a model or answer by itself. */
const secret =
  /pass[ _-]?(?:word|phrase|code)|\bpwd\b|secret|token|api[ _-]?key|access[ _-]?key|credential|private[ _-]?key|\bpin\b|\bcvv?c?\b|card[ _-]?number|one[ _-]?time|\botp\b|2fa|mfa/i
const asksForSecret = /\b(?:your|enter|type|paste|provide|give|tell)\b/i

/** Names run together are read as words. */
const words = (text: string) => text.replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ')

function wantsSecret(message: string, schema: unknown): boolean {
  if (asksForSecret.test(message) && secret.test(message)) return true
  if (!isObject(schema) || !isObject(schema.properties)) return false
  return Object.entries(schema.properties).some(([name, field]) => {
    const { title, description } = isObject(field) ? field : {}
    return [name, title, description].some((text) => typeof text === 'string' && secret.test(words(text)))
  })
}

/** A page that a person may be sent to; null for any other address. */
function pageOf(text: string): string | null {
  const url = URL.parse(text)
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '') return null
  return url.href.length <= maxUrl ? url.href : null
}

/** What the person is shown, marked as the server's words; null for what nobody is asked. */
export function questionOf(
  params: ElicitRequest['params'],
  { connection, redactor }: CommandRun,
  person: Person,
): Question | null {
  const clean = (value: unknown) => redactor.value(visible(value, () => {}))
  const { name } = connection.connector
  const said = String(clean(params.message)).slice(0, maxMessage)
  const message = `The MCP server behind "${name}" asks, and not Sallyport:\n\n${said}`
  if (params.mode === 'url') {
    const url = pageOf(params.url)
    if (!person.url || url === null) return null
    return { mode: 'url', message: `${message}\n\nIt sends you to ${new URL(url).host}.`, url }
  }
  if (!person.form || wantsSecret(said, params.requestedSchema)) return null
  if (JSON.stringify(params.requestedSchema).length > maxSchema) return null
  return { mode: 'form', message, schema: clean(params.requestedSchema) }
}

/** Asks the person in front of the caller what the server wants to know, while the deadline of the call stands still. */
export function createQuestioner(run: CommandRun): (params: ElicitRequest['params']) => Promise<ElicitResult> {
  let asked = 0
  return async (params) => {
    const person = run.watch?.person
    const question = person === undefined || ++asked > maxQuestions ? null : questionOf(params, run, person)
    if (person === undefined || question === null) return { action: 'decline' }
    const goOn = run.pausing()
    try {
      const { action, content } = await person.ask(question)
      return { action, ...(action === 'accept' && question.mode === 'form' && content !== undefined && { content }) }
    } finally {
      goOn()
    }
  }
}
