import { useQuery } from '@tanstack/react-query'
import { queries } from '../../api/queries.ts'
import type { ConnectorDocument } from '../../lib/connector-document.ts'

/** The mock scenarios of an action, or of all of a connector's: those of its document, and those that built-in code brings. */
export function useScenarios(document: ConnectorDocument | null, action?: string): readonly string[] {
  const type = document?.builtin?.type
  const types = useQuery({ ...queries.builtinTypes(), enabled: type !== undefined })
  if (document === null) return []
  const isMeant = (name: string) => action === undefined || name === action
  const declared = Object.entries(document.actions).flatMap(([name, { mocks = {} }]) => (isMeant(name) ? Object.keys(mocks) : []))
  const inCode = types.data?.items.find((each) => each.type === type)?.actions ?? []
  return [...new Set([...declared, ...inCode.flatMap(({ name, mocks }) => (isMeant(name) ? mocks : []))])]
}
