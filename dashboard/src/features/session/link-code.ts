/** The shortest password the gateway accepts. */
export const minPassword = 10

let taken = ''

/** `#code=…` of a one-time link, taken out of the address and the history: a fragment never reaches a server or its log. */
export function codeOfLink(): string {
  const code = new URLSearchParams(location.hash.slice(1)).get('code')
  if (code) {
    taken = code
    history.replaceState(history.state, '', location.pathname)
  }
  return taken
}
