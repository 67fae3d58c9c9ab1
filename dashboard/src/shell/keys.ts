import { useEffect, useEffectEvent } from 'react'

/** The go-to keys, pressed after `g`. The help dialog and the palette show them. */
export const goKeys = [
  { key: 'c', to: '/connections', label: 'Connections' },
  { key: 't', to: '/tools', label: 'Tools' },
  { key: 'y', to: '/playground', label: 'Playground' },
  { key: 'l', to: '/calls', label: 'Calls' },
  { key: 'a', to: '/approvals', label: 'Approvals' },
  { key: 'b', to: '/catalog', label: 'Catalog' },
  { key: 'n', to: '/connectors', label: 'Connectors' },
  { key: 's', to: '/toolsets', label: 'Toolsets' },
  { key: 'k', to: '/tokens', label: 'Tokens' },
  { key: 'r', to: '/cassettes', label: 'Cassettes' },
  { key: 'p', to: '/people', label: 'People' },
  { key: 'o', to: '/applications', label: 'Applications' },
  { key: 'h', to: '/oauth-apps', label: 'OAuth apps' },
  { key: 'e', to: '/networks', label: 'Networks' },
  { key: 'm', to: '/secret-backends', label: 'Secret backends' },
  { key: 'w', to: '/alerts', label: 'Alerts' },
  { key: 'u', to: '/audit', label: 'Audit log' },
  { key: 'f', to: '/configuration', label: 'Configuration' },
] as const

/** How the palette's keys are written on this machine. */
export const paletteKeys = /mac|iphone|ipad/i.test(navigator.userAgent) ? '⌘ K' : 'Ctrl K'

export type GoTarget = (typeof goKeys)[number]['to']

/** How long after `g` the second key still counts. */
const chordMs = 1200

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input:not([type=checkbox]):not([type=radio]), textarea, select'))

const inList = (target: EventTarget | null): boolean => target instanceof Element && target.closest('[data-scroller]') !== null

/** Nothing on the page has the focus, or only its main part as a whole. Everything else may have uses of its own for arrows. */
const isGround = (target: EventTarget | null): boolean => target instanceof Element && target.matches('body, main')

/** Takes the cursor out of a field, so that letters are keys again. A search that has text is emptied first, by the browser. */
function leave(target: EventTarget | null): void {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) return
  if (target.type !== 'search' || target.value === '') target.blur()
}

/** What takes the keys for itself while it is open; on its way out it does not, nor does a message in the corner. */
const overlays = ':is([role=dialog]:not([aria-modal=false]), [role=alertdialog], [role=menu], [role=listbox]):not([data-closed])'

interface Handlers {
  readonly go: (to: GoTarget) => void
  readonly palette: () => void
  readonly help: () => void
}

/** Page-wide keys. Plain letters are left alone while someone types or a dialog is open. */
export function usePageKeys({ go, palette, help }: Handlers): void {
  const onGo = useEffectEvent(go)
  const onPalette = useEffectEvent(palette)
  const onHelp = useEffectEvent(help)

  useEffect(() => {
    let chordUntil = 0
    const onKeyDown = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        onPalette()
        return
      }
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return
      if (document.querySelector(overlays)) return
      if (typing(event.target)) {
        if (event.key === 'Escape') leave(event.target)
        return
      }
      if (chordUntil > event.timeStamp) {
        chordUntil = 0
        const target = goKeys.find(({ key }) => key === event.key)
        if (target) {
          event.preventDefault()
          onGo(target.to)
        }
        return
      }
      if (event.key === 'g') chordUntil = event.timeStamp + chordMs
      else if (event.key === '?') onHelp()
      else if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('[data-search]')
        if (search) {
          event.preventDefault()
          search.focus()
          search.select()
        }
      } else if (event.key === 'j' ? !inList(event.target) : event.key === 'ArrowDown' && isGround(event.target)) {
        // From the page into its list; inside it the list moves on by itself.
        document.querySelector<HTMLElement>('[data-scroller] [data-row-main]')?.focus()
      }
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}
