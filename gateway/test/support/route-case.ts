import type { Sallyport } from '@sallyport/sdk'
import type { Role } from '../../src/caller.ts'
import type { World } from './workspaces.ts'

/** Who makes fresh things for requests that use them up. */
export interface Makers {
  readonly owner: Sallyport
  readonly agent: Sallyport
  /** Uses an invitation up, and answers the id of who joined. */
  readonly join: (url: string) => Promise<string>
}

export interface RouteCase {
  /** What the id in its path names in a world. */
  readonly id?: (world: World) => string
  /** A thing of the world's own that the request may change or use up; what `id` names without it. */
  readonly fresh?: (world: World, makers: Makers) => Promise<string>
  readonly query?: string | ((world: World) => string)
  readonly body?: (world: World) => unknown
  /** The lowest role whom this very request succeeds for, where the route itself is open to lower ones for what is theirs. */
  readonly needs?: Role
  /** Its id is a name that the caller chooses: a name of another workspace is a new one here. */
  readonly chosen?: true
  /** It is there for whoever made it alone: here the owner. To anybody else it is as good as none. */
  readonly onlyMaker?: true
}
