import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/** One record of an answer. */
export type DnsRecord =
  | { readonly type: 'A'; readonly address: string }
  | { readonly type: 'AAAA'; readonly address: string }
  | { readonly type: 'CNAME'; readonly target: string }

/** How a name answers: records (those of the asked type and every CNAME are sent), no such name, or silence. */
export type Zone = (question: { type: 'A' | 'AAAA'; count: number }) => readonly DnsRecord[] | 'nxdomain' | 'silence'

export interface DnsServer {
  /** `127.0.0.1:port` */
  readonly address: string
  /** Datagrams that came and went, and connections that came. */
  readonly traffic: { received: number; sent: number; connections: number }
  /** Names without trailing dot, in lower case, with the asked type. */
  readonly asked: { readonly name: string; readonly type: string }[]
  close(): Promise<void>
}

const typeCodes = { A: 1, CNAME: 5, AAAA: 28 } as const

function encodeName(name: string): Buffer {
  return Buffer.concat([
    ...name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label, 'latin1')])),
    Buffer.of(0),
  ])
}

function encodeIpv6(address: string): Buffer {
  const [head = '', tail = ''] = address.split('::')
  const words = (part: string) => part.split(':').filter((word) => word !== '')
  const missing = 8 - words(head).length - words(tail).length
  const all = [...words(head), ...Array.from({ length: address.includes('::') ? missing : 0 }, () => '0'), ...words(tail)]
  return Buffer.concat(all.map((word) => Buffer.from(word.padStart(4, '0'), 'hex')))
}

function encodeData(record: DnsRecord): Buffer {
  if (record.type === 'CNAME') return encodeName(record.target)
  return record.type === 'A' ? Buffer.from(record.address.split('.').map(Number)) : encodeIpv6(record.address)
}

/** A small DNS server (RFC 1035) over UDP and TCP, by default on a port of its own. */
export async function startDns(
  zones: Readonly<Record<string, Zone>> | ((name: string) => Zone | undefined),
  ttlSeconds = 0,
  port = 0,
): Promise<DnsServer> {
  const asked: { name: string; type: string }[] = []
  const traffic = { received: 0, sent: 0, connections: 0 }
  const zoneOf = typeof zones === 'function' ? zones : (name: string) => zones[name]

  /** Null for silence. */
  function answer(query: Buffer, maxBytes: number): Buffer | null {
    const labels: string[] = []
    let at = 12
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length))
      at += 1 + length
    }
    const code = query.readUInt16BE(at + 1)
    const question = query.subarray(12, at + 5)
    const type = code === typeCodes.AAAA ? 'AAAA' : 'A'
    const name = labels.join('.').toLowerCase()
    asked.push({ name, type })
    const count = asked.filter((entry) => entry.name === name && entry.type === type).length
    const reply = zoneOf(name)?.({ type, count }) ?? 'nxdomain'
    if (reply === 'silence') return null
    const records = reply === 'nxdomain' ? [] : reply.filter((record) => record.type === 'CNAME' || record.type === type)
    let owner = Buffer.from([0xc0, 0x0c])
    const encoded = records.map((record) => {
      const data = encodeData(record)
      const fixed = Buffer.alloc(10)
      fixed.writeUInt16BE(typeCodes[record.type], 0)
      fixed.writeUInt16BE(1, 2)
      fixed.writeUInt32BE(ttlSeconds, 4)
      fixed.writeUInt16BE(data.length, 8)
      const bytes = Buffer.concat([owner, fixed, data])
      if (record.type === 'CNAME') owner = encodeName(record.target) as Buffer<ArrayBuffer>
      return bytes
    })
    const head = Buffer.alloc(12)
    query.copy(head, 0, 0, 2)
    head.writeUInt16BE(0x8180 | (reply === 'nxdomain' ? 3 : 0), 2)
    head.writeUInt16BE(1, 4)
    head.writeUInt16BE(encoded.length, 6)
    const whole = Buffer.concat([head, question, ...encoded])
    if (whole.length <= maxBytes) return whole
    // Truncated: the client comes again over TCP.
    head.writeUInt16BE(0x8380, 2)
    head.writeUInt16BE(0, 6)
    return Buffer.concat([head, question])
  }

  const sockets = new Set<Socket>()
  const tcp = createServer((socket) => {
    traffic.connections++
    sockets.add(socket)
    socket.on('error', () => {})
    let received = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const length = received.readUInt16BE(0)
        const reply = answer(received.subarray(2, 2 + length), 65_535)
        received = received.subarray(2 + length)
        if (reply === null) continue
        const prefix = Buffer.alloc(2)
        prefix.writeUInt16BE(reply.length)
        socket.write(Buffer.concat([prefix, reply]))
      }
    })
  })
  tcp.listen(port, '127.0.0.1')
  await once(tcp, 'listening')
  const address = tcp.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP port')
  const udp = createSocket('udp4')
  udp.bind(address.port, '127.0.0.1')
  await once(udp, 'listening')
  udp.on('message', (query, from) => {
    traffic.received++
    const reply = answer(query, 512)
    if (reply === null) return
    traffic.sent++
    udp.send(reply, from.port, from.address)
  })
  return {
    address: `127.0.0.1:${address.port}`,
    traffic,
    asked,
    async close() {
      udp.close()
      for (const socket of sockets) socket.destroy()
      tcp.close()
      await once(tcp, 'close')
    },
  }
}
