import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { closeAll, run, startAtTerminal, systemNode, temporaryFolder } from './cli-harness.ts'

afterEach(closeAll)

async function refused(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await run(['serve', ...args], { env })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  // Beside the log, which is JSON lines: one sentence and what it means.
  const [sentence, advice, ...more] = stderr.split('\n').filter((line) => !line.startsWith('{'))
  expect([advice, ...more]).toEqual(['  Nothing was started.', ''])
  return sentence ?? ''
}

it('serves until Ctrl-C at a terminal, and refuses what it cannot serve', async () => {
  const dataDir = join(await temporaryFolder(), 'data')
  const occupied = createServer().listen(0, '127.0.0.1')
  await once(occupied, 'listening')
  const address = occupied.address()
  const port = String(typeof address === 'object' && address !== null ? address.port : 0)
  expect(await refused(['--port', port, '--data-dir', dataDir])).toContain(`error: Port ${port} on 127.0.0.1 is in use.`)
  occupied.close()

  const serving = startAtTerminal(['serve', '--port', '0', '--data-dir', dataDir], { node: systemNode })
  await serving.printed('/setup#code=')
  const url = /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(serving.stdout)?.[1] ?? ''
  const version = await run(['version', '--json'], { url })
  expect(JSON.parse(version.stdout)).toMatchObject({ gateway: expect.stringMatching(/^\d+\.\d+\.\d+$/), url })
  expect(await refused(['--port', '0', '--data-dir', dataDir])).toContain(
    'error: Another Sallyport gateway is using the data directory',
  )

  // Reaches both processes, and the first passes it on to the second: one wish to stop all the same.
  serving.type('\u0003')
  const { code, stdout } = await serving.ended
  expect(stdout.match(/Stopping/g)).toHaveLength(1)
  expect(code).toBe(0)

  const otherKey = { SALLYPORT_ROOT_KEY: Buffer.alloc(32, 7).toString('base64') }
  expect(await refused(['--port', '0', '--data-dir', dataDir], otherKey)).toContain(
    'error: The root key is not the one this database was sealed with',
  )
})
