/** The stages of a call in their order, and what each one does, in a few words. Not every call has every one. */
export const stages: Readonly<Record<string, string>> = {
  authenticate: 'Who asks: the token or session.',
  resolve: 'Finds the connector version, the action and the connection.',
  authorize: 'Whether the role of the caller permits it.',
  'allow-url': 'Whether the address is on the allowlist of the connector.',
  limit: 'Counts the call against the limits per minute and per day.',
  'validate-input': 'Checks the input against the schema of the action.',
  fallback: 'This call was made because another one failed at its API.',
  recall: 'Answers with the last good answer, and sends nothing.',
  mock: 'Answers with a scenario of the action, and sends nothing.',
  replay: 'Answers with what was recorded on a cassette, and sends nothing.',
  deduplicate: 'Whether a call with the same idempotency key ran before.',
  approve: 'Whether a person has to decide first, and has.',
  'use-credential': 'Opens the stored credential for this one request.',
  intent: 'Notes a write in the log before its request leaves.',
  send: 'The request to the API and its answer, retries included.',
  'check-response': 'Checks the answer against the schema of the action.',
  map: 'Picks the parts of the answer that the action promises.',
  redact: 'Removes the credential from the answer, should it be in there.',
  tape: 'Records the answer on a cassette.',
}

/** The one stage that happens outside the gateway. */
export const outside = 'send'
