/**
 * Every way out, by what a request is for. Each request names its door, so a new kind of request starts with a line here;
 * gateway/test/support/doors.ts then has to say how a test knocks at it, and every attack of the tests goes through each.
 */
export const httpDoors = [
  'call', // an action of a connector, with its credential
  'command', // a request of a connector's code, with the credential of its connection
  'reach', // the first check of a connection test: does the base URL answer?
  'script_trial', // a request of a script that somebody tries, without a credential of the gateway
  'verify', // the probe of a credential before its connector is installed
  'spec_import', // an OpenAPI document by URL
  'mcp_listing', // the tools of an MCP server, with the credential that it asks for
  'sign_in', // a provider of single sign-on: its discovery document, keys, tokens, userinfo
  'webhook', // where people are told that a call waits for them, or that an alert fires
  'client_metadata', // the document at the client_id of a program that wants to act for a person
  'oauth_discovery', // the metadata of an API's authorization server
  'login', // the login of an API, with the password of a connection
  'oauth_token', // tokens and device codes of an API, with the client's secret
  'secret_manager', // a secret manager that the workspace configured, with secrets for it
  'language_model', // the model that the operator configured, with its key
] as const
/** Those that lead to a socket for another protocol. */
export const socketDoors = [
  'sql', // a database that a connection names, with its password
  'smtp', // a mail server that a connection names, with its password
] as const
/** Those of an agent, which is a process of its own in another network. */
export const agentDoors = [
  'tunnel', // what an agent sends for a gateway into its own network
  'agent_secret', // a secret of an agent, from the Vault that its operator named
] as const
export const doors = [...httpDoors, ...socketDoors, ...agentDoors] as const
export type AgentDoor = (typeof agentDoors)[number]
export type HttpDoor = (typeof httpDoors)[number]
export type SocketDoor = (typeof socketDoors)[number]
export type Door = HttpDoor | SocketDoor | AgentDoor

/** Whether a built-in type has a door of its own. */
export function needsSocket(type: string | undefined): boolean {
  return socketDoors.some((door) => door === type)
}
