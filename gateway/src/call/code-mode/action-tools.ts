import type { Caller } from '../../caller.ts'
import { comment, memberName, typeOf } from '../../definition/tool/typescript.ts'
import type { Tools, ToolView } from '../types.ts'

/** The caller's tools of an action, one for each connection; of one connection, by id or name, where it is named. */
export async function actionTools(
  tools: Pick<Tools, 'list'>,
  caller: Caller,
  connector: string,
  action: string,
  connection?: string,
): Promise<readonly ToolView[]> {
  // A program writes my_crm for my-crm, too.
  for (const name of new Set([connector, connector.replaceAll('_', '-')])) {
    const { items } = await tools.list(caller, { connector: name, action, limit: 50 })
    if (items.length > 0)
      return connection === undefined
        ? items
        : items.filter((tool) => tool.connection.id === connection || tool.connection.name === connection)
  }
  return []
}

/** The declaration of one action, with what each of its connections is called. */
function method(views: readonly ToolView[]): string {
  const [view] = views
  if (view === undefined) return ''
  const names = views.map(({ connection }) => JSON.stringify(connection.name)).join(' | ')
  const options = views.length > 1 ? `, options?: { connection?: ${names} }` : ''
  const output = view.output_schema === null ? 'any' : typeOf(view.output_schema, '    ')
  const notes = `${view.description} Effect: ${view.effect}.`
  return `${comment(notes, '    ')}    ${memberName(view.action)}(input: ${typeOf(view.input_schema, '    ')}${options}): Promise<${output}>;`
}

/** These actions as a declaration of TypeScript: the part of `api` that holds them. Each list holds the tools of one action. */
export function declarationOf(actions: readonly (readonly ToolView[])[]): string {
  const connectors = new Map<string, string[]>()
  for (const views of actions) {
    const connector = views[0]?.connector
    if (connector === undefined) continue
    const methods = connectors.get(connector) ?? []
    connectors.set(connector, [...methods, method(views)])
  }
  const members = [...connectors].map(([name, methods]) => `  ${memberName(name)}: {\n${methods.join('\n')}\n  };`)
  return `declare const api: {\n${members.join('\n')}\n};`
}
