import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')

type Rgb = readonly [number, number, number]

/** Linear sRGB of an OKLCH colour (CSS Color 4 section 9.3, Ottosson's matrices). */
function linearOf(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
}

/** The opaque colours of one theme, by name. */
function coloursOf(selector: string): ReadonlyMap<string, Rgb> {
  const start = css.indexOf(`${selector} {`)
  const block = css.slice(start, css.indexOf('\n}', start))
  const found = block.matchAll(/--([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\);/g)
  return new Map([...found].map(([, name = '', l, c, h]) => [name, linearOf(Number(l), Number(c), Number(h))]))
}

/** WCAG 2.2, relative luminance. */
function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((part) => Math.min(1, Math.max(0, part))) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const grounds = ['bg', 'panel', 'sunken', 'hover'] as const
const tones = ['accent', 'ok', 'warn', 'bad', 'wait'] as const
const pairs = (texts: readonly string[], on: readonly string[]) =>
  texts.flatMap((text) => on.map((ground) => [text, ground] as const))

/** Texts and what they stand on: 4.5 (success criterion 1.4.3). */
const texts = [
  ...pairs(['ink', 'ink-2', 'ink-3'], grounds),
  ...pairs(tones, grounds),
  ...tones.map((tone) => [tone, `${tone}-wash`] as const),
  ...pairs(
    ['ink', 'ink-2'],
    tones.map((tone) => `${tone}-wash`),
  ),
  ['on-ink', 'ink'],
  ['on-strong', 'strong'],
  ['on-strong', 'strong-hover'],
] as const

/** Borders by which a control is known, and the focus ring: 3 (success criterion 1.4.11). */
const shapes = [...pairs(['edge', 'accent'], ['bg', 'panel', 'sunken'])] as const

describe.each([
  ['light', ':root'],
  ['dark', '[data-theme="dark"]'],
])('the %s theme', (_, selector) => {
  const colours = coloursOf(selector)
  const between = (one: string, other: string) => {
    const [first, second] = [colours.get(one), colours.get(other)]
    if (first === undefined || second === undefined) throw new Error(`no colour ${one} or ${other}`)
    return contrast(first, second)
  }

  test.each(texts)('%s can be read on %s', (text, ground) => {
    expect(between(text, ground)).toBeGreaterThanOrEqual(4.5)
  })

  test.each(shapes)('%s can be seen on %s', (shape, ground) => {
    expect(between(shape, ground)).toBeGreaterThanOrEqual(3)
  })
})

test('the arithmetic is that of WCAG: black on white is 21, #767676 on white just enough', () => {
  expect(contrast(linearOf(0, 0, 0), linearOf(1, 0, 0))).toBeCloseTo(21, 1)
  expect(contrast(linearOf(0.5657, 0, 0), linearOf(1, 0, 0))).toBeCloseTo(4.54, 1)
})
