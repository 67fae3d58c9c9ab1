import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { doors } from '../src/egress/doors.ts'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/threat-model.md'), 'utf8')

interface Attack {
  readonly attack: string
  readonly defence: string
  readonly guards: readonly { readonly file: string; readonly name: string }[]
}

const part = page.slice(page.indexOf('## Attacks and the tests'), page.indexOf('## What lingers'))
/** The lists of attacks: what is attacked, what stops it, and below the tests. */
const attacks: readonly Attack[] = part.split(/^- (?=\*\*)/m).flatMap((item) => {
  const [, attack = '', defence = ''] = /^\*\*(.+?):\*\*\s+(.+?)\.\n/s.exec(item) ?? []
  if (attack === '') return []
  const guards = [...item.matchAll(/^ {2}- `([^`]+)`: (.+(?:\n {4}.+)*)$/gm)]
  return [{ attack, defence, guards: guards.map(([, file = '', name = '']) => ({ file, name: name.replace(/\s+/g, ' ') })) }]
})

const sources = new Map<string, string>()
function sourceOf(file: string): string {
  const source = sources.get(file) ?? (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '')
  sources.set(file, source)
  return source
}

describe('the threat model', () => {
  test('has attacks at every boundary', () => {
    expect(attacks.length).toBeGreaterThan(60)
    // None is left out because it is written in another way.
    expect(attacks).toHaveLength([...part.matchAll(/^- /gm)].length)
  })

  test.each(attacks.map((row) => [row.attack, row] as const))('names what stops %s, and tests that are there', (_, row) => {
    expect(row.defence).not.toBe('')
    expect(row.guards.length).toBeGreaterThan(0)
    for (const { file, name } of row.guards) {
      expect(file).toMatch(/\.test\.tsx?$/)
      expect({ file, name, there: sourceOf(file).includes(name) }).toEqual({ file, name, there: true })
    }
  })

  test.each(doors)('names the door %s', (door) => {
    expect(part).toContain(`\`${door}\``)
  })
})
