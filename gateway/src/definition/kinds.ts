/** How a connector's actions run. All but `http` are commands: code that gets the input and yields an outcome. */
export const kinds = ['http', 'builtin', 'script', 'external', 'mcp'] as const
export type Kind = (typeof kinds)[number]
export type CommandKind = Exclude<Kind, 'http'>
