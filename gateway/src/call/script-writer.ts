import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { type Caller, requireRole } from '../caller.ts'
import { compileConnector } from '../definition/compile.ts'
import type { ConnectorDocument } from '../definition/document.ts'
import { parseConnector } from '../definition/parse.ts'
import { type ScriptWish, scriptConnector, scriptTemplate, type WrittenScript } from '../definition/script-template.ts'
import { toSallyportError } from '../errors.ts'
import type { LanguageModel } from '../language-model/types.ts'

export interface ScriptWriting {
  readonly written_by: 'model' | 'template'
  readonly document: ConnectorDocument
  /** What to do next, or why it is the template. */
  readonly note: string
}

export interface ScriptWriter {
  /** A connector of kind script; stores nothing. Throws FORBIDDEN below admin. */
  write(caller: Caller, wish: ScriptWish): Promise<ScriptWriting>
}

/** All that a model may say: no address, no credential, and code that runs in the sandbox alone. */
const Written = Type.Object({
  commands: Type.Array(
    Type.Object({
      name: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]{0,63}$' }),
      description: Type.String({ maxLength: 500 }),
      effect: Type.Enum(['read', 'write', 'destructive']),
      input: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
    { minItems: 1, maxItems: 50 },
  ),
  source: Type.String({ minLength: 1, maxLength: 100_000 }),
})

const system = [
  'You write a connector for an HTTP API: plain JavaScript that runs in a sandbox. Answer with one JSON document and nothing else:',
  '{"commands": [{"name": "getCustomer", "description": "…", "effect": "read" | "write" | "destructive", "input": {JSON Schema of an object}}],',
  ' "source": "function getCustomer() { … }"}',
  'Each command is a global function of its name without parameters. It finds its input in sallyport.params, and asks the API by',
  'sallyport.http.get(path), delete(path), post(path, body), put, patch: they stand still and answer { status, headers, body }, body is',
  'parsed JSON. Paths begin with a slash and lie below the base address; the gateway adds the credential. A command returns',
  '{ success: true, payload } or { success: false, error, diagnostics }. There is no fetch, no require, no import, no timer.',
  'Escape values in paths with encodeURIComponent. Begin with a command "test", a read that needs no input.',
].join('\n')

function parseWritten(answer: string): Static<typeof Written> | null {
  try {
    const value: unknown = JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1))
    return Value.Check(Written, value) ? value : null
  } catch {
    return null
  }
}

const next = 'Read it, store it with create_connector, try it with test_connector. An admin publishes it.'

export function createScriptWriter(languageModel: LanguageModel | null): ScriptWriter {
  function finish(wish: ScriptWish, script: WrittenScript): ConnectorDocument {
    const document = parseConnector(scriptConnector(wish, script))
    compileConnector(document, document.version ?? '1.0.0')
    return document
  }

  async function byModel(model: LanguageModel, caller: Caller, wish: ScriptWish): Promise<ConnectorDocument | string> {
    try {
      const answer = await model.generate({
        workspaceId: caller.workspaceId,
        system,
        messages: [{ role: 'user', text: wish.description }],
        maxOutputTokens: 8192,
      })
      const written = parseWritten(answer.text)
      return written === null ? 'The language model answered no script.' : finish(wish, written)
    } catch (error) {
      return toSallyportError(error).detail
    }
  }

  return {
    async write(caller, wish) {
      requireRole(caller, 'admin')
      const made = languageModel === null ? 'There is no language model.' : await byModel(languageModel, caller, wish)
      if (typeof made !== 'string') return { written_by: 'model', document: made, note: next }
      return { written_by: 'template', document: finish(wish, scriptTemplate(wish)), note: `${made} This is a template. ${next}` }
    },
  }
}
