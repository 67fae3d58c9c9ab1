import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Starts a service as its guide does, on a free port. */
export async function startService(program: string, path: string, secret: string) {
  const child = spawn(program, [path], {
    env: { PATH: process.env.PATH, PORT: '0', SERVICE_SECRET: secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface(child.stdout), 'line')
  return { url: String(line).replace('listening on ', ''), stop: () => child.kill() }
}

/** One of `examples/external-service`. */
export function startExampleService(program: string, file: string, secret: string) {
  return startService(program, fileURLToPath(new URL(`../../../examples/external-service/${file}`, import.meta.url)), secret)
}
