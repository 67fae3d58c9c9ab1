/**
 * Every way out, by what a request is for. Each request names its door, so a new kind of request starts with a line here;
 * gateway/test/support/doors.ts then has to say how a test knocks at it, and every attack of the tests goes through each.
 */
export const doors = [
  'call', // an action of a connector, with its credential
  'reach', // the first check of a connection test: does the base URL answer?
  'spec_import', // an OpenAPI document by URL
  'sign_in', // a provider of single sign-on: its discovery document, keys, tokens, userinfo
  'client_metadata', // the document at the client_id of a program that wants to act for a person
] as const
export type Door = (typeof doors)[number]
