/**
 * A gateway's store in a process of its own, to be killed: opens it, says `open`, and with `write` inserts rows into the call
 * log, printing the id of each when it is acknowledged. Ends when standard input does, and with `exit` at once, closing nothing.
 *
 *     node open-store.ts DATA_DIR [DATABASE_URL | -] [write | exit]
 */
import { createLog } from '../../src/log.ts'
import { Secret } from '../../src/secret.ts'
import { openStore } from '../../src/store/open.ts'
import { callRow } from './database.ts'

const [dataDir = '', databaseUrl = '-', mode] = process.argv.slice(2)

try {
  const store = await openStore({
    dataDir,
    databaseUrl: databaseUrl === '-' ? undefined : new Secret(databaseUrl),
    log: createLog('silent'),
  })
  console.log('open')
  if (mode === 'exit') process.exit()
  let ended = false
  process.stdin.resume().once('end', () => {
    ended = true
  })
  const write = async () => {
    while (!ended) {
      const row = callRow({ status: 'started', outcome: 'sent_unknown' })
      await store.calls.insert(row)
      console.log(row.id)
    }
  }
  if (mode === 'write') await Promise.all(Array.from({ length: 16 }, write))
  else if (!process.stdin.readableEnded) await new Promise((resolve) => process.stdin.once('end', resolve))
  await store.close()
} catch (error) {
  console.log(error instanceof Error ? `${error.constructor.name}: ${error.message}` : String(error))
  process.exitCode = 1
}
