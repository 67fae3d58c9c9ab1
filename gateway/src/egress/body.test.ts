import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BodyBuffer } from './body.ts'

const chunks = fc.array(
  fc.oneof(fc.nat(20), fc.nat(200_000)).map((length) => Buffer.alloc(length, length % 251)),
  { maxLength: 30 },
)

it('gathers what came, whatever the chunks, up to exactly the limit', () => {
  fc.assert(
    fc.property(chunks, fc.nat(3), (all, slack) => {
      const whole = Buffer.concat(all)
      const body = new BodyBuffer(whole.length + slack)
      for (const chunk of all) expect(body.add(chunk)).toBe(true)
      expect(body.bytes.equals(whole)).toBe(true)
      expect(body.add(Buffer.alloc(slack + 1))).toBe(false)
    }),
    { numRuns: 200 },
  )
})
