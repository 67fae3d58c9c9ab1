export {
  type Command,
  type ConnectorContext,
  type ConnectorDefinition,
  type DefineCommand,
  defineCommand,
  defineConnector,
  type HandlerArgs,
  type KitHttp,
  type KitLogger,
  type KitRequest,
  type KitResponse,
} from './define.ts'
export { documentOf } from './document.ts'
export { executeDefinition, type Host, runDefinition, runMock } from './execute.ts'
export { type Field, type Fields, type SecretText, t, type ValuesOf } from './fields.ts'
export { type CommandOutcome, fail, normalizeOutcome, type Outcome, succeed } from './outcome.ts'
