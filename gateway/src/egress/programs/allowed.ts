import { readFile } from 'node:fs/promises'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { ConfigError } from '../../config.ts'

/** The operator's list of programs that speak MCP over standard input and output. Nobody else may say what is run. */

const closed = { additionalProperties: false } as const
const name = '^[a-z][a-z0-9_-]{0,62}$'
const variableName = '^[A-Za-z_][A-Za-z0-9_]{0,62}$'

const Variable = Type.Object(
  {
    secret: Type.Optional(Type.Boolean({ default: true })),
    required: Type.Optional(Type.Boolean({ default: false })),
    description: Type.Optional(Type.String({ maxLength: 500 })),
  },
  closed,
)

const Entry = Type.Object(
  {
    /** Absolute: what a name means is decided by nobody's PATH. */
    command: Type.String({ pattern: '^/' }),
    args: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })),
    /** The same for all connections. */
    env: Type.Optional(Type.Record(Type.String({ pattern: variableName }), Type.String(), closed)),
    /** What each connection fills in. */
    variables: Type.Optional(Type.Record(Type.String({ pattern: variableName }), Variable, closed)),
    memory_mb: Type.Optional(Type.Integer({ minimum: 16, maximum: 65_536 })),
    /** At once, for one connection. */
    processes: Type.Optional(Type.Integer({ minimum: 1, maximum: 16 })),
    idle_seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 })),
  },
  closed,
)
const List = Type.Record(Type.String({ pattern: name }), Entry, closed)
const checkList = Compile(List)

export interface ProgramVariable {
  readonly name: string
  readonly secret: boolean
  readonly required: boolean
  readonly description?: string
}

/** A program that the operator listed. */
export interface Program {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly variables: readonly ProgramVariable[]
  /** Of writable memory, for each of its processes. */
  readonly memoryMb: number
  readonly processes: number
  readonly idleMs: number
}

/** What runs other code when it is set, or leads a program elsewhere: no connection may fill these in. */
const powerful =
  /^(?:PATH|HOME|SHELL|IFS|ENV|BASH_.*|LD_.*|DYLD_.*|NODE_.*|NPM_.*|PYTHON.*|PERL.*|RUBY.*|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|CLASSPATH|GIT_.*|GOFLAGS|DOTNET_.*|.*_PROXY|SSL_.*|TMPDIR)$/i

function programOf(name: string, entry: Static<typeof Entry>, fail: (what: string) => never): Program {
  const { command, args = [], env = {}, variables = {}, memory_mb = 1024, processes = 1, idle_seconds = 300 } = entry
  for (const variable of Object.keys(variables)) {
    if (powerful.test(variable)) fail(`"${name}" must not let connections fill in ${variable}: put it under env`)
    if (Object.hasOwn(env, variable)) fail(`"${name}" has ${variable} under env and under variables`)
  }
  if ([command, ...args, ...Object.values(env)].some((text) => text.includes('\0'))) fail(`"${name}" holds a NUL character`)
  return {
    ...{ name, command, args, env, processes },
    variables: Object.entries(variables).map(([variable, { secret = true, required = false, description }]) => ({
      ...{ name: variable, secret, required },
      ...(description !== undefined && { description }),
    })),
    memoryMb: memory_mb,
    idleMs: idle_seconds * 1000,
  }
}

/** Throws ConfigError for a list with a mistake: none of it is used then. */
export function parsePrograms(text: string, place: string): ReadonlyMap<string, Program> {
  const fail = (what: string): never => {
    throw new ConfigError(`SALLYPORT_MCP_PROGRAMS: ${place}: ${what}.`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return fail(`is no JSON (${error instanceof Error ? error.message : 'unknown'})`)
  }
  if (!checkList.Check(value)) {
    const [first] = checkList.Errors(value)
    return fail(`${first?.instancePath || 'the file'} ${first?.message ?? 'is not as it should be'}`)
  }
  return new Map(Object.entries(value).map(([key, entry]) => [key, programOf(key, entry, fail)]))
}

/** No file, no programs. */
export async function readPrograms(file: string | undefined): Promise<ReadonlyMap<string, Program>> {
  if (file === undefined) return new Map()
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ConfigError(
      `SALLYPORT_MCP_PROGRAMS: ${file} cannot be read (${error instanceof Error ? error.message : 'unknown'}).`,
    )
  })
  return parsePrograms(text, file)
}
