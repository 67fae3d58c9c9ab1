import type { AuthInfo } from '@modelcontextprotocol/server'
import type { Credentials } from '../access/types.ts'
import type { Caller } from '../caller.ts'
import type { ToolFormat } from '../definition/tool/family.ts'
import { SallyportError } from '../errors.ts'

/** Who sent one MCP request, and from where. */
export class Visit {
  readonly caller: Caller
  readonly credentials: Credentials
  readonly ip: string
  /** The words in which this client's model takes tools. */
  readonly format: ToolFormat
  /** Slug of the toolset whose entrance it came through. */
  readonly toolset: string | undefined
  /** Whether it came to build connectors, and not to call tools. */
  readonly builds: boolean
  /** The trace that the request is a part of (W3C Trace Context). */
  readonly traceparent: string | undefined

  constructor(
    caller: Caller,
    credentials: Credentials,
    ip: string,
    format: ToolFormat = 'mcp',
    toolset?: string,
    builds = false,
    traceparent?: string,
  ) {
    this.caller = caller
    this.credentials = credentials
    this.ip = ip
    this.format = format
    this.toolset = toolset
    this.builds = builds
    this.traceparent = traceparent
  }

  /** The same with what its caller is now. */
  as(caller: Caller): Visit {
    return new Visit(caller, this.credentials, this.ip, this.format, this.toolset, this.builds, this.traceparent)
  }

  /** The shape in which the SDK carries it to the handlers. The token itself stays a Secret and is not in it. */
  get authInfo(): AuthInfo {
    return { token: '', clientId: this.caller.id, scopes: [], extra: { visit: this } }
  }

  /** Throws UNAUTHENTICATED for a request that did not come through the guard. */
  static of(authInfo: AuthInfo | undefined): Visit {
    const visit = authInfo?.extra?.visit
    if (visit instanceof Visit) return visit
    throw new SallyportError('UNAUTHENTICATED')
  }
}
