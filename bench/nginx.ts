import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** nginx as a proxy that only injects the header, in one process; null where nginx is not installed. */
export async function startNginx(
  folder: string,
  port: number,
  upstream: string,
): Promise<{ pid: number; url: string; stop(): Promise<void> } | null> {
  if (spawnSync('nginx', ['-v']).status !== 0) return null
  const { host, pathname } = new URL(upstream)
  const home = join(folder, 'nginx')
  await mkdir(home)
  const config = `
    daemon off; master_process off; pid ${home}/pid; error_log stderr crit;
    events { worker_connections 1024; }
    http {
      access_log off; keepalive_requests 100000000;
      client_body_temp_path ${home}; proxy_temp_path ${home}; fastcgi_temp_path ${home}; uwsgi_temp_path ${home}; scgi_temp_path ${home};
      upstream api { server ${host}; keepalive 128; keepalive_requests 100000000; }
      server {
        listen 127.0.0.1:${port};
        location / { proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-API-Key bench-key; }
      }
    }`
  await writeFile(join(home, 'nginx.conf'), config)
  const child = spawn('nginx', ['-p', home, '-c', join(home, 'nginx.conf')], { stdio: 'ignore' })
  await listening(port, child)
  return {
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${port}${pathname}`,
    stop: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1')
    const open = await new Promise<boolean>((resolve) =>
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
    )
    socket.destroy()
    if (open) return
    await delay(20)
  }
  throw new Error('nginx did not start.')
}
