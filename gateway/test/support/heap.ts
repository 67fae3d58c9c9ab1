import { once } from 'node:events'
import { type FSWatcher, mkdtempSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GatewayProcess } from './gateway.ts'

/** Looks at the heap of a gateway that was started with its environment. Node writes the snapshot, after collecting garbage. */
export class HeapWatcher {
  readonly #folder = mkdtempSync(join(tmpdir(), 'sallyport-heap-'))

  get env(): Record<string, string> {
    return { NODE_OPTIONS: `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${this.#folder}` }
  }

  /** Every string on the heap now. */
  async strings({ process }: GatewayProcess): Promise<readonly string[]> {
    const watcher = watch(this.#folder)
    try {
      process.kill('SIGUSR2')
      return await this.#read(watcher)
    } finally {
      watcher.close()
    }
  }

  async #read(watcher: FSWatcher): Promise<readonly string[]> {
    for (;;) {
      const [file] = readdirSync(this.#folder)
      // Complete when it ends as JSON does.
      const text = file === undefined ? '' : readFileSync(join(this.#folder, file), 'utf8')
      if (file !== undefined && text.trimEnd().endsWith(']}')) {
        rmSync(join(this.#folder, file))
        return (JSON.parse(text) as { strings: string[] }).strings
      }
      await once(watcher, 'change')
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
