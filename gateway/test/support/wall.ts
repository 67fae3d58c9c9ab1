import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { removeDataDir } from './gateway.ts'

/** Where a connection arrived. */
export interface Place {
  readonly address: string
  readonly port: number
}
export type Seen = Place &
  (
    | { readonly kind: 'connection' }
    | {
        readonly kind: 'request'
        readonly method: string
        readonly url: string
        readonly headers: Readonly<Record<string, string>>
      }
  )
export interface Ask {
  readonly gateway: number
  readonly method: string
  readonly path: string
  readonly body?: unknown
}
export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API answers; the tests say what they expect
  readonly json: any
}
export interface Started {
  readonly index: number
  readonly url: string
  readonly dataDir: string
  readonly pid: number
}
export interface Counters {
  readonly tcpOpened: number
  readonly datagramsSent: number
  /** Those that arrived where they were meant to: at a canary, the DNS server, or a gateway's API. */
  readonly explained: { readonly connections: number; readonly datagrams: number }
}
export interface Layout {
  /** An address that a gateway may dial, with servers on it at `start` and `secureStart`. */
  readonly publicAddress: string
  readonly start: string
  readonly secureStart: string
  /** Another origin that a gateway may dial. */
  readonly elsewhere: string
  /** Where canaries listen: in the namespace on every address, else on 127.0.0.1. */
  readonly canaryPort: number
}
/** What the process beside the tests can be asked. */
export interface WallCalls {
  open(): Promise<Layout>
  startGateway(env: Readonly<Record<string, string>>): Promise<Started>
  ask(ask: Ask): Promise<Answer>
  /** Asks a language model at this base URL, with what this gateway may dial. */
  askModel(ask: { readonly gateway: number; readonly url: string; readonly key: string }): Promise<Answer>
  flip(name: string): Promise<void>
  seen(): Promise<{ readonly seen: readonly Seen[]; readonly asked: readonly { name: string; type: string }[] }>
  output(gateway: number): Promise<string>
  counters(): Promise<Counters>
  stop(): Promise<void>
}

/** Every address leads to this machine; DNS and the hosts file are the tests' own; any port may be listened on. */
const prepare = [
  'set -e',
  'ip link set lo up',
  'ip route add local 0.0.0.0/0 dev lo',
  'ip -6 route add local ::/0 dev lo',
  'mount --bind "$WALL/resolv.conf" /etc/resolv.conf',
  'mount --bind "$WALL/hosts" /etc/hosts',
  'echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start',
].join('\n')

/** The command that runs another one in a namespace of its own; null where this machine permits none. */
function namespaceCommand(folder: string): readonly string[] | null {
  if (process.platform !== 'linux' || process.env.SALLYPORT_TEST_NAMESPACE === 'off') return null
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
  const again = uid === 0 ? '' : `unshare --user --map-user=${uid} --map-group=${gid} --`
  const command = [
    'unshare',
    ...(uid === 0 ? [] : ['--user', '--map-root-user']),
    '--net',
    '--mount',
    '--',
    'sh',
    '-c',
    `${prepare}\nexec ${again} "$@"`,
    'sh',
  ]
  const [file = '', ...rest] = command
  const tried = spawnSync(file, [...rest, 'true'], { env: { ...process.env, WALL: folder }, timeout: 10_000 })
  return tried.status === 0 ? command : null
}

export interface Wall extends WallCalls {
  readonly inNamespace: boolean
  readonly layout: Layout
  close(): Promise<void>
}

const folder = mkdtempSync(join(tmpdir(), 'sallyport-wall-'))
writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\nsearch search.example\n')
writeFileSync(join(folder, 'hosts'), '127.0.0.1 localhost\n::1 localhost\n10.0.0.1 wiki\n')
/** That of the canaries' certificates. */
const authority = fileURLToPath(new URL('../data/tls/ca.pem', import.meta.url))
const command = namespaceCommand(folder)
/** For the names of suites, so that nobody takes the weaker proof for the stronger one. */
export const wallKind = command === null ? 'on loopback canaries only: no network namespace here' : 'in a network namespace'

/** Starts the world around the gateways. */
export async function openWall(): Promise<Wall> {
  const main = fileURLToPath(new URL('wall-process.ts', import.meta.url))
  const [file = '', ...rest] = [...(command ?? []), process.execPath, main, command === null ? 'loopback' : 'namespace']
  const child: ChildProcess = spawn(file, rest, {
    env: { ...process.env, WALL: folder, NODE_EXTRA_CA_CERTS: authority },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const pending = new Map<number, PromiseWithResolvers<unknown>>()
  await once(child, 'message')
  child.on('message', (message: { id: number; result?: unknown; error?: string }) => {
    const waiting = pending.get(message.id)
    pending.delete(message.id)
    if (message.error === undefined) waiting?.resolve(message.result)
    else waiting?.reject(new Error(message.error))
  })
  child.once('exit', (code) => {
    for (const waiting of pending.values()) waiting.reject(new Error(`the process beside the tests ended with ${code}`))
  })
  let last = 0
  function call<Name extends keyof WallCalls>(name: Name): (argument?: unknown) => Promise<never> {
    return (argument) => {
      const waiting = Promise.withResolvers<unknown>()
      pending.set(++last, waiting)
      child.send({ id: last, name, argument }, (error) => error && waiting.reject(error))
      return waiting.promise as Promise<never>
    }
  }
  const dataDirs: string[] = []
  return {
    inNamespace: command !== null,
    layout: await call('open')(),
    open: call('open'),
    async startGateway(env) {
      const started: Started = await call('startGateway')(env)
      dataDirs.push(started.dataDir)
      return started
    },
    ask: call('ask'),
    askModel: call('askModel'),
    flip: call('flip'),
    seen: call('seen'),
    output: call('output'),
    counters: call('counters'),
    stop: call('stop'),
    async close() {
      await call('stop')()
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
      for (const dataDir of dataDirs) await removeDataDir(dataDir)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
