import type { SandboxJob, SandboxLimits, SandboxRun } from '../../../sandbox/types.ts'
import { type Sandbox, usualLimits } from '../../../sandbox/types.ts'
import type { ScriptHost } from './host.ts'
import { prelude } from './prelude.ts'

/** A script as it is written. */
export interface ScriptSource {
  readonly source: string
  readonly language?: 'javascript' | 'typescript'
}

/** A script ready to run: without types, in the form the sandbox takes. */
export interface Program {
  readonly source: string
  readonly module: boolean
}

/** What the script finds in `sallyport`. */
export interface ScriptData {
  readonly config: Readonly<Record<string, unknown>>
  readonly params: Readonly<Record<string, unknown>>
  readonly variables: Readonly<Record<string, unknown>>
}

export async function compileScript(sandbox: Sandbox, { source, language = 'javascript' }: ScriptSource): Promise<Program> {
  const bare = language === 'typescript' ? await sandbox.stripTypes(source) : source
  return { source: bare, module: /^\s*export\b/m.test(bare) }
}

/** By what the document says of them: each version of a connector has a document of its own, so a script is made ready once. */
const programs = new WeakMap<object, Promise<Program>>()

/** The program of a script or of a scripted mock, whose `source` it is. */
export function programOf(sandbox: Sandbox, said: Pick<ScriptSource, 'language'>, source: string): Promise<Program> {
  const known = programs.get(said)
  if (known !== undefined) return known
  const program = compileScript(sandbox, { ...said, source })
  programs.set(said, program)
  program.catch(() => programs.delete(said))
  return program
}

/** Cheap calls such as a digest count too; requests have a limit of their own. */
const hostCalls = 2_000

/** Runs one command of a script. */
export function runProgram(
  sandbox: Sandbox,
  { source, module }: Program,
  command: string,
  data: ScriptData,
  { functions }: ScriptHost,
  limits: Partial<SandboxLimits>,
): Promise<SandboxRun> {
  const job: SandboxJob = {
    prelude,
    data: JSON.stringify(data),
    source,
    module,
    entry: command,
    limits: { ...usualLimits, hostCalls, ...limits },
  }
  return sandbox.run(job, functions)
}
