import type { CompiledAction, CompiledConnector, Probe } from '../definition/types.ts'

/** Of the reads that need no input, only the first few are tried. Writes never are. */
const maxActions = 5

function testable(action: CompiledAction): boolean {
  const { required } = action.inputSchema()
  return action.effect === 'read' && !action.deprecated && (!Array.isArray(required) || required.length === 0)
}

/** Actions that send the credential say more about a connection than those that need none. */
function credentialFirst(a: CompiledAction, b: CompiledAction): number {
  return Number(a.authSchemes?.length === 0) - Number(b.authSchemes?.length === 0)
}

/** What tells whether a connection works: what the connector says does, or the first reads without required input. */
export function probesOf(connector: CompiledConnector): readonly Probe[] {
  const verify = connector.verify()
  if (verify !== null) return [verify]
  const reads = [...connector.actions.values()].filter(testable).sort(credentialFirst)
  return reads.slice(0, maxActions).map((action) => ({ action, input: {} }))
}
