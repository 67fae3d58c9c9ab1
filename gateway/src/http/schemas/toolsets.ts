import { Type } from 'typebox'
import { toolFormats } from '../../definition/tool/family.ts'
import { approvalRules, leftOutReasons, toolsetModes } from '../../toolset.ts'
import { Effect, Instant, PageQuery, pageOf } from './common.ts'

const closed = { additionalProperties: false }
/** As much as a person picks by hand; larger sets are told by conditions. */
const mostPicks = 500
const Word = Type.String({ minLength: 1, maxLength: 200 })
const Words = Type.Array(Word, { maxItems: 200 })

export const ToolPick = Type.Object(
  {
    connector: Word,
    action: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'All of them when absent.' })),
    connection: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Its id; any when absent.' })),
  },
  closed,
)
export const ToolSelection = Type.Object(
  {
    select: Type.Union(
      [
        Type.Object(
          {
            connectors: Type.Optional(Words),
            tags: Type.Optional(Words),
            effects: Type.Optional(Type.Array(Effect, { maxItems: 3 })),
          },
          closed,
        ),
        Type.Null(),
      ],
      {
        description:
          'What meets every condition is in. One that is left out is met by every tool, an empty one by none; null selects nothing.',
      },
    ),
    include: Type.Array(ToolPick, { maxItems: mostPicks, description: 'In as well.' }),
    exclude: Type.Array(ToolPick, { maxItems: mostPicks, description: 'Not in, whatever else says so.' }),
  },
  closed,
)
const Slug = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  description: 'In the address of its MCP endpoint, /mcp/{slug}.',
})
const Name = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })
const Mode = Type.Enum([...toolsetModes], {
  description:
    'direct: every tool in the list. search: a few tools that find and call the others. code: a few tools with which it writes programs that call them.',
})
export const ApprovalRule = Type.Enum([...approvalRules], {
  description: 'Calls that wait for a person, beside those whose action asks for it.',
})
const Format = Type.Enum([...toolFormats], { description: 'The family of models that its tools are written for.' })

const MaxResultBytes = Type.Union([Type.Integer({ minimum: 1024, maximum: 10_000_000 }), Type.Null()], {
  description:
    "Over MCP a larger answer, in bytes of JSON, is shortened and comes with a handle to the rest; null for the gateway's own bound.",
})

export const Toolset = Type.Object({
  id: Type.String(),
  slug: Type.String(),
  name: Type.String(),
  mode: Mode,
  format: Type.String(),
  approval: ApprovalRule,
  selection: ToolSelection,
  max_result_bytes: MaxResultBytes,
  tokens: Type.Integer({ description: 'Tokens bound to it that are not revoked.' }),
  created_at: Instant,
  updated_at: Instant,
})
export const ToolsetList = Type.Object({ items: Type.Array(Toolset), next_cursor: Type.Null() })
export const CreateToolsetRequest = Type.Object(
  {
    slug: Slug,
    name: Name,
    selection: ToolSelection,
    mode: Type.Optional(Mode),
    format: Type.Optional(Format),
    approval: Type.Optional(ApprovalRule),
    max_result_bytes: Type.Optional(MaxResultBytes),
  },
  closed,
)
export const UpdateToolsetRequest = Type.Object(
  {
    slug: Type.Optional(Slug),
    name: Type.Optional(Name),
    selection: Type.Optional(ToolSelection),
    mode: Type.Optional(Mode),
    format: Type.Optional(Format),
    approval: Type.Optional(ApprovalRule),
    max_result_bytes: Type.Optional(MaxResultBytes),
  },
  closed,
)
export const ToolsetPreviewRequest = Type.Object(
  { selection: ToolSelection, format: Type.Optional(Format), approval: Type.Optional(ApprovalRule) },
  closed,
)
export const ToolsetToolsQuery = Type.Interface([PageQuery], {
  show: Type.Optional(Type.Enum(['included', 'left_out', 'all'], { default: 'included' })),
})
export const PreviewedTool = Type.Object({
  name: Type.String(),
  connector: Type.String(),
  action: Type.String(),
  connection: Type.Object({ id: Type.String(), name: Type.String(), environment: Type.String() }),
  effect: Effect,
  tags: Type.Array(Type.String()),
  confirm: Type.Boolean({ description: 'A person decides on each call.' }),
  left_out: Type.Union([Type.Enum([...leftOutReasons]), Type.Null()], {
    description:
      'Why it is not in: excluded by hand, a condition on connector, tag or effect that it does not meet, or never selected.',
  }),
  tokens: Type.Union([Type.Integer(), Type.Null()], { description: 'What it costs in a context; null when it is not in.' }),
})
export const ToolsetPreview = Type.Interface([pageOf(PreviewedTool)], {
  included: Type.Integer(),
  left_out: Type.Integer(),
  tokens: Type.Union([Type.Integer(), Type.Null()], { description: 'Of all that are in; null when they are more than 500.' }),
})
