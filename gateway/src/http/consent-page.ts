import type { ConsentAsked } from '../connections/oauth/consent-links.ts'
import { escaped, pageStyle } from './callback-page.ts'

/** The page of a one-time link: who asks for what, and one button. No script, and nothing of the dashboard. */

const style = `${pageStyle}button{font:inherit;padding:.6rem 1.4rem;border:0;border-radius:.5rem;background:#1f6feb;color:#fff;cursor:pointer}ul{text-align:left}small{opacity:.75}`

function frame(title: string, main: string, nonce: string): { html: string; policy: string } {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)} · Sallyport</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${main}
</main>
</body>
</html>
`
  // No form-action: the button leads by a redirect to the provider, whose address is known only then.
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; frame-ancestors 'none'`
  return { html, policy }
}

export function consentPage({ by, workspace, connector, connection, scopes }: ConsentAsked, nonce: string) {
  const asked =
    scopes.length === 0 ? '' : `<p>It will ask for:</p><ul>${scopes.map((scope) => `<li>${escaped(scope)}</li>`).join('')}</ul>`
  const main = `<p><strong>${escaped(by)}</strong> of <strong>${escaped(workspace)}</strong> asks you to let Sallyport use your account of <strong>${escaped(connector)}</strong>, for the connection “${escaped(connection)}”.</p>
${asked}
<p>You sign in at ${escaped(connector)}; Sallyport does not see your password. Go on only if you know who asks.</p>
<form method="post"><button type="submit">Continue to ${escaped(connector)}</button></form>
<p><small>This link works once, and for an hour.</small></p>`
  return frame(`Connect ${connector}`, main, nonce)
}

export function noConsentPage(problem: string, nonce: string) {
  return frame('This link does not work', `<p role="status">${escaped(problem)}</p>`, nonce)
}
