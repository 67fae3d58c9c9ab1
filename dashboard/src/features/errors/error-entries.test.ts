import { expect, test } from 'vitest'
import page from '../../../../docs/errors.md?raw'
import { parseErrorEntries } from './error-entries.ts'

test('every code of the page has an entry, with its cause and what to do', () => {
  const codes = [...page.matchAll(/^## (\S+)$/gm)].map(([, code]) => code)
  const entries = parseErrorEntries(page)
  expect(codes.length).toBeGreaterThan(15)
  expect(entries.map(({ code }) => code)).toEqual(codes)
  for (const { title, cause, resolution } of entries) {
    expect(title).toMatch(/\(HTTP [45]\d\d\)$/)
    expect(cause.length).toBeGreaterThan(10)
    expect(resolution.length).toBeGreaterThan(10)
  }
})
