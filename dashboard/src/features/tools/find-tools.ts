import { allItems } from '@sallyport/sdk'
import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { Tool } from '../../api/types.ts'

/** More pages than this are not searched; nobody has that many connections of one connector. */
const maxItems = 2000

/** An action of a connector through each of its connections. */
export const actionTools = (connector: string, action: string) =>
  queryOptions({
    queryKey: ['tools', 'action', connector, action],
    queryFn: async (): Promise<Tool[]> => {
      const found: Tool[] = []
      let seen = 0
      for await (const tool of allItems((cursor) =>
        api.tools.list({ connector, search: action, limit: 200, ...(cursor === undefined ? {} : { cursor }) }),
      )) {
        if (tool.action === action && tool.connector === connector) found.push(tool)
        if (++seen >= maxItems) break
      }
      return found
    },
    staleTime: 60_000,
  })
