import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./open-store.ts', import.meta.url))

/** A process with a store of its own, see open-store.ts. */
export interface StoreProcess {
  readonly child: ChildProcessWithoutNullStreams
  /** Every line it has printed. */
  readonly lines: readonly string[]
  /** Resolves when it has printed this many lines. */
  printed(count: number): Promise<void>
  /** Resolves with its exit code, or the signal it died of. */
  readonly ended: Promise<number | string>
}

export function spawnStore(args: readonly string[], user: { uid?: number; gid?: number } = {}): StoreProcess {
  const child = spawn(process.execPath, [script, ...args], { ...user, stdio: 'pipe', cwd: '/' })
  child.stdin.on('error', () => {})
  child.stderr.pipe(process.stderr)
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout })
  reader.on('line', (line) => lines.push(line))
  const ended = once(child, 'close').then(([code, signal]: (number | string | null)[]) => signal ?? code ?? '')
  return {
    child,
    lines,
    ended,
    printed: async (count) => {
      const over = ended.then(() => 'over')
      while (lines.length < count) {
        if ((await Promise.race([once(reader, 'line'), over])) === 'over') throw new Error(`ended after: ${lines.join(' | ')}`)
      }
    },
  }
}
