import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** nginx before the gateways, as an operator would have it: on to the next one where a request has not been sent yet. */
export async function startBalancer(folder: string, port: number, ports: readonly number[]) {
  const home = join(folder, 'nginx')
  await mkdir(home)
  const servers = ports.map((each) => `server 127.0.0.1:${each} max_fails=1 fail_timeout=1s;`).join(' ')
  const config = `
    daemon off; master_process off; pid ${home}/pid; error_log stderr crit;
    events { worker_connections 1024; }
    http {
      access_log off;
      client_body_temp_path ${home}; proxy_temp_path ${home}; fastcgi_temp_path ${home}; uwsgi_temp_path ${home}; scgi_temp_path ${home};
      upstream gateways { ${servers} keepalive 32; }
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://gateways; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;
          proxy_set_header X-Forwarded-For $remote_addr; proxy_read_timeout 60s;
        }
      }
    }`
  await writeFile(join(home, 'nginx.conf'), config)
  const child = spawn('nginx', ['-p', home, '-c', join(home, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'inherit'] })
  const url = `http://127.0.0.1:${port}`
  while (
    !(await fetch(`${url}/healthz`).then(
      () => true,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error('nginx does not start.')
    await delay(50)
  }
  return {
    url,
    stop: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** A way to a server that can be cut, so that one gateway loses it and the others do not. */
export class Cable {
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  readonly #server
  #state: 'whole' | 'refuses' | 'silent' = 'whole'

  constructor(host: string, port: number) {
    this.#server = createServer((near) => {
      if (this.#state === 'refuses') return void near.destroy()
      const far = connect(port, host)
      const pair = [near, far] as const
      this.#pairs.add(pair)
      const end = () => {
        this.#pairs.delete(pair)
        near.destroy()
        far.destroy()
      }
      for (const socket of pair) socket.on('error', end).on('close', end)
      near.on('data', (chunk: Buffer) => far.write(chunk))
      far.on('data', (chunk: Buffer) => near.write(chunk))
      if (this.#state === 'silent') for (const socket of pair) socket.pause()
    })
  }

  async start(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  /** `refuses`: as when the server's machine restarts; `silent`: as when the network breaks, and nobody says so. */
  cut(how: 'refuses' | 'silent'): void {
    this.#state = how
    for (const pair of this.#pairs) for (const socket of pair) how === 'refuses' ? socket.destroy() : socket.pause()
  }

  mend(): void {
    this.#state = 'whole'
    for (const pair of this.#pairs) for (const socket of pair) socket.resume()
  }

  close(): void {
    this.cut('refuses')
    this.#server.close()
  }
}

/** The most moments that lie in any span of so many milliseconds. */
export function mostWithin(moments: readonly number[], spanMs: number): number {
  let first = 0
  return moments.reduce((most, moment, index) => {
    while (moment - (moments[first] ?? moment) >= spanMs) first++
    return Math.max(most, index - first + 1)
  }, 0)
}
