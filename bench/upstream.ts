import { createServer } from 'node:http'

/** The API behind every subject: about 1 KB of JSON for whoever shows the key, 401 for the rest. Runs as a child process. */
const key = 'bench-key'
const items = Array.from({ length: 8 }, (_, index) => ({
  id: `item_${index}`,
  name: `Item number ${index} of the answer`,
  price: 1999 + index,
  tags: ['alpha', 'beta'],
  in_stock: index % 2 === 0,
}))
const answer = JSON.stringify({ query: 'lathe', total: items.length, items })

const server = createServer((request, response) => {
  const permitted = request.headers['x-api-key'] === key
  const body = permitted ? answer : '{"error":"no key"}'
  request.resume().once('end', () => {
    response.writeHead(permitted ? 200 : 401, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    response.end(body)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.once('disconnect', () => process.exit(0))
