// Runs in the page. Playwright adds it to every document; `window.pageChecks` is what the tests ask.

;(() => {
  const canvas = new OffscreenCanvas(1, 1)
  const paint = canvas.getContext('2d', { willReadFrequently: true })

  /** Any CSS colour as [red, green, blue, alpha], alpha from 0 to 1. */
  function rgba(color) {
    paint.clearRect(0, 0, 1, 1)
    paint.fillStyle = color
    paint.fillRect(0, 0, 1, 1)
    const [red, green, blue, alpha] = paint.getImageData(0, 0, 1, 1).data
    return [red, green, blue, alpha / 255]
  }

  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1]

  /** WCAG 2.2, relative luminance. */
  function luminance([red, green, blue]) {
    const [r, g, b] = [red, green, blue].map((channel) => {
      const part = channel / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }

  function ratio(one, other) {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a)
    return (light + 0.05) / (dark + 0.05)
  }

  function backgroundOf(element) {
    const layers = []
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor)
      if (color[3] > 0) layers.push(color)
      if (color[3] === 1) break
    }
    return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255, 1])
  }

  const shown = (element) => {
    const { width, height } = element.getBoundingClientRect()
    return width > 1 && height > 1 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  }

  /** What the reader can act on: the topmost dialog, or the page. */
  const front = () => [...document.querySelectorAll('[role=dialog], [role=alertdialog]')].at(-1) ?? document.body

  /** Once the fonts are there and nothing moves or changes its colour any more. */
  async function settled() {
    await document.fonts.ready
    const frame = () => new Promise(requestAnimationFrame)
    do {
      await frame()
      await frame()
    } while (document.getAnimations().some(({ playState }) => playState === 'running'))
  }

  /** Texts whose contrast is below WCAG AA. Disabled controls are exempt, as there. */
  function faintTexts() {
    const found = new Set()
    const walker = document.createTreeWalker(front(), NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const text = walker.currentNode.data.trim()
      const element = walker.currentNode.parentElement
      if (
        !text ||
        !element ||
        element.closest(':disabled, [data-disabled], [aria-disabled=true], noscript, script, style, svg') ||
        !shown(element)
      )
        continue
      const style = getComputedStyle(element)
      const ground = backgroundOf(element)
      const reached = ratio(over(rgba(style.color), ground), ground)
      const size = Number.parseFloat(style.fontSize)
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
      if (reached < (large ? 3 : 4.5)) found.add(`"${text.slice(0, 40)}" ${reached.toFixed(2)}`)
    }
    return [...found]
  }

  /** Elements that stand out at the right of a page that does not scroll there. */
  function overflowing() {
    const limit = document.documentElement.clientWidth + 1
    if (document.documentElement.scrollWidth <= limit) return []
    return [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > limit && shown(element))
      .slice(0, 5)
      .map((element) => `<${element.tagName.toLowerCase()} class="${element.className}">`)
  }

  /** Whether presses around a small control, within the 24 pixels, are its own: an invisible part of it may be larger. */
  function takesAround(element, { x, y, width, height }) {
    const [left, top] = [x + width / 2, y + height / 2]
    return [
      [-11, 0],
      [11, 0],
      [0, -11],
      [0, 11],
    ].every(([dx, dy]) => element.contains(document.elementFromPoint(left + dx, top + dy)))
  }

  /** Controls smaller than WCAG 2.2 asks of targets (24 × 24 px), unless they stand in a line of text or have room around. */
  function smallTargets() {
    const controls = [
      ...document.querySelectorAll(
        'button, a[href], input, [role=button], [role=tab], [role=radio], [role=checkbox], [role=combobox]',
      ),
    ]
      .filter((element) => shown(element) && !element.closest('[aria-hidden=true]'))
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
    const crowded = ({ element, box }) => {
      if (box.width >= 24 && box.height >= 24) return false
      if (takesAround(element, box)) return false
      if (getComputedStyle(element).display === 'inline' || element.closest('label')) return false
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
      return controls.some((other) => {
        if (other.element === element || other.element.contains(element) || element.contains(other.element)) return false
        const dx = Math.max(other.box.left - x, 0, x - other.box.right)
        const dy = Math.max(other.box.top - y, 0, y - other.box.bottom)
        return Math.hypot(dx, dy) < 12
      })
    }
    const inView = ({ element, box }) =>
      element.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2))
    return controls
      .filter((control) => inView(control) && crowded(control))
      .map(
        ({ element, box }) =>
          `${(element.ariaLabel ?? element.textContent).slice(0, 40)} ${Math.round(box.width)}×${Math.round(box.height)}`,
      )
  }

  window.pageChecks = {
    settled,
    faults: () => ({
      faintTexts: faintTexts(),
      overflowing: overflowing(),
      smallTargets: matchMedia('(pointer: coarse)').matches ? smallTargets() : [],
    }),
  }
})()
