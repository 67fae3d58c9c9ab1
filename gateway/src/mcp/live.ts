import type { Access } from '../access/types.ts'
import { SallyportError } from '../errors.ts'
import type { Visit } from './visit.ts'

/** What is open in the name of a caller: a session, a request being answered, a stream. */
export interface Open {
  visit: Visit
  /** Whether it is a stream, which ends only when the client leaves, so that it must be looked at without an occasion. */
  streams: boolean
  /** Ends it at once. */
  cut(): void
  /** Tells the client that its tools are others now. */
  toolsChanged(): void
}

const over: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'])

const toolsOf = ({ caller }: Visit) => JSON.stringify([caller.toolset, caller.environments])

/** Holds what is open to the rights its caller has now, not to those it was opened with. */
export class Live {
  readonly #access: Pick<Access, 'authenticate'>
  readonly #open = new Set<Open>()

  constructor(access: Pick<Access, 'authenticate'>) {
    this.#access = access
  }

  get streams(): number {
    let count = 0
    for (const { streams } of this.#open) if (streams) count++
    return count
  }

  /** Answers how to take it out again. */
  add(open: Open): () => void {
    this.#open.add(open)
    return () => this.#open.delete(open)
  }

  /** After a change in this workspace, or in any with null. */
  async changed(workspaceId: string | null): Promise<void> {
    await this.#review((open) => workspaceId === null || open.visit.caller.workspaceId === workspaceId)
  }

  /** For what ends by time alone, such as a token, and for changes that nobody told of. */
  async tick(): Promise<void> {
    await this.#review(({ streams }) => streams)
  }

  async #review(concerned: (open: Open) => boolean): Promise<void> {
    await Promise.all([...this.#open].filter(concerned).map((open) => this.#look(open)))
  }

  async #look(open: Open): Promise<void> {
    const { visit } = open
    try {
      const now = visit.as(await this.#access.authenticate(visit.credentials, visit.ip, visit.toolset))
      if (toolsOf(now) === toolsOf(visit)) return
      open.visit = now
      open.toolsChanged()
    } catch (error) {
      // A database that is away for a moment takes nobody's rights: new requests are refused, the next look decides.
      if (!(error instanceof SallyportError) || over.has(error.code)) open.cut()
    }
  }

  close(): void {
    for (const open of this.#open) if (open.streams) open.cut()
  }
}
