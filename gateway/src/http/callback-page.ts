import type { CallbackEnd } from '../connections/oauth/flows.ts'

/** The page that a provider sends the browser back to: one sentence, which tells the window that waits for it. */

/** The dashboard listens on this channel; only pages of the gateway's own origin can. */
const callbackChannel = 'sallyport-oauth'

const titles = { authorized: 'Connected', refused: 'Not connected', failed: 'That did not work' } as const

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
export const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '')

export const pageStyle =
  ':root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{display:grid;place-items:center;min-height:90vh;margin:0}main{max-width:28rem;padding:2rem;text-align:center}'

/** What is told is in an attribute, so that the script is the same for everybody. */
const script = `const told = JSON.parse(document.body.dataset.told)
new BroadcastChannel(${JSON.stringify(callbackChannel)}).postMessage(told)
if (window.opener) { window.opener.postMessage(told, location.origin); window.close() }`

/** `nonce` is for this answer alone. Answers the page and its Content-Security-Policy. */
export function callbackPage({ outcome, connection, problem }: CallbackEnd, nonce: string): { html: string; policy: string } {
  const told = { type: 'sallyport:oauth', outcome, connection: connection?.id ?? null, problem }
  const name = connection === null ? 'The connection' : connection.name
  const sentence = problem ?? `${name} can be used now.`
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${titles[outcome]} · Sallyport</title>
<style nonce="${nonce}">${pageStyle}</style>
</head>
<body data-told="${escaped(JSON.stringify(told))}">
<main>
<h1>${titles[outcome]}</h1>
<p role="status">${escaped(sentence)}</p>
<p>You can close this window, or <a href="/connections">go to your connections</a>.</p>
</main>
<script nonce="${nonce}">${script}</script>
</body>
</html>
`
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
  return { html, policy }
}
