/**
 * How models take tools. `mcp` is what an MCP client hands to a model we do not know, so it keeps what all of them accept;
 * the others are the words of one API: `anthropic` (Claude), `openai`, `openai-strict` (`strict: true`), `gemini`.
 */
export const toolFormats = ['mcp', 'anthropic', 'openai', 'openai-strict', 'gemini'] as const
export type ToolFormat = (typeof toolFormats)[number]

export function isToolFormat(value: unknown): value is ToolFormat {
  return toolFormats.some((format) => format === value)
}

/** What a compiled schema may contain. */
export interface Family {
  /** A property's name as the API takes it. */
  readonly key: RegExp
  /** Keywords beside `type`, `description`, `properties`, `required`, `items`, `enum` and `anyOf` that stay keywords. */
  readonly keywords: ReadonlySet<string>
  /** Values of `format` that stay; all of them when null. */
  readonly formats: ReadonlySet<string> | null
  /** Only texts may be listed in `enum`. */
  readonly textEnums: boolean
  /** Whether a value without a type, or an object without named properties, can be said; else it travels as JSON text. */
  readonly open: boolean
  /** Every object lists all it takes, and every property is required: an optional one is null when it is left out. */
  readonly closed: boolean
  /** Whether what has `properties` is taken for an object, and what has `items` for a list, where no type is said. */
  readonly guesses: boolean
}

const ranges = ['minimum', 'maximum', 'minItems', 'maxItems']
const plainKeywords = new Set([...ranges, 'minLength', 'maxLength', 'pattern', 'format', 'default', 'additionalProperties'])
/** Anthropic's API refuses every tool of a request for one property outside `^[a-zA-Z0-9_.-]{1,64}$`. */
const plainKey = /^[a-zA-Z_][a-zA-Z0-9_.-]{0,63}$/

const plain: Family = {
  key: plainKey,
  keywords: plainKeywords,
  formats: null,
  textEnums: false,
  open: true,
  closed: false,
  guesses: true,
}

export const families: Readonly<Record<ToolFormat, Family>> = {
  mcp: plain,
  anthropic: plain,
  openai: plain,
  'openai-strict': {
    key: plainKey,
    // Lengths and defaults are not among the keywords that Structured Outputs documents; patterns are, but not their dialect.
    keywords: new Set([...ranges, 'format']),
    formats: new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid']),
    textEnums: false,
    open: false,
    closed: true,
    guesses: true,
  },
  gemini: {
    key: /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/,
    // What both the Schema message of the API and its JSON Schema mode know.
    keywords: new Set([...ranges, 'format']),
    formats: new Set(['date-time']),
    textEnums: true,
    open: false,
    closed: false,
    guesses: true,
  },
}

/**
 * Bytes of a compiled schema as JSON, at most. About 2,000 tokens: thirty tools, the most a model chooses well from, stay
 * below a third of a context of 200,000. What does not fit is shown less deep, and still accepted.
 */
export const maxSchemaBytes = 8192
/** Bytes of a description as JSON, at most: Claude Code, the strictest client known, takes 2 KB. */
export const maxDescriptionBytes = 2000
/** Objects inside objects, the root counted: the limit of OpenAI's strict mode until 2025, and deep enough to be understood. */
export const maxDepth = 5
/** Characters of a tool's name: the 60 of the strictest client, less the prefix that clients put before it. */
export const maxNameLength = 37
