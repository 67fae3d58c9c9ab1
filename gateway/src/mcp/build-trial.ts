import type { ScriptTrial, ScriptTrialResult } from '../call/script-trials.ts'
import { isObject } from '../definition/json-schema/keywords.ts'

/** A connector document as JSON; parsed when it was stored. */
export type Document = Readonly<Record<string, unknown>>

export interface TrialWish {
  readonly command?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly config?: Readonly<Record<string, unknown>>
}

const object = (value: unknown): Document => (isObject(value) ? value : {})
const mostReads = 5

/** Reads of a description that need nothing: what a draft can be tried with. */
function plainReads(document: Document): readonly string[] {
  return Object.values(object(document.actions))
    .map(object)
    .filter(
      ({ method = 'GET', path, input }) =>
        method === 'GET' && typeof path === 'string' && !/[{]/.test(path) && !object(input).required,
    )
    .map(({ path }) => String(path))
    .slice(0, mostReads)
}

const probe = `function test() {
  return { payload: sallyport.params.paths.map(function (path) {
    return { path: path, status: sallyport.http.get(path).status }
  }) }
}`

/** Runs a draft as a trial, which has no credential of the gateway: its script, or the reads of its description. */
export async function trialOf(
  document: Document,
  { command, params = {}, config = {} }: TrialWish,
  run: (trial: ScriptTrial) => Promise<ScriptTrialResult>,
): Promise<Document> {
  const [server] = Object.values(object(document.servers)).map(object)
  const settings = { ...(server !== undefined && { baseUrl: String(server.url) }), ...config }
  const isScript = document.kind === 'script'
  const { source, language } = object(document.script)
  const wanted = command ?? String(object(document.verify).action ?? Object.keys(object(document.actions))[0] ?? 'test')
  const { outcome, problem, logs, requests } = await run(
    isScript
      ? {
          source: String(source),
          language: language === 'typescript' ? language : 'javascript',
          command: wanted,
          params,
          config: settings,
        }
      : { source: probe, command: 'test', params: { paths: plainReads(document) }, config: settings },
  )
  return {
    tested: 'draft',
    ok: problem === null && outcome?.success === true,
    outcome,
    problem: problem === null ? null : { code: problem.code, detail: problem.detail, diagnostics: problem.diagnostics },
    logs,
    requests,
    note: 'No credential was used: an API that wants one answers 401 or 403 until the connector is published and connected.',
  }
}
