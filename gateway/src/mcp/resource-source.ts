import type { ReadResourceResult, Resource, ResourceTemplateType } from '@modelcontextprotocol/server'
import type { Visit } from './visit.ts'

export type ResourceContents = ReadResourceResult['contents']

/** A kind of resources that the gateway serves: connector docs, handles of large results. Each owns its addresses. */
export interface ResourceSource {
  readonly templates: readonly ResourceTemplateType[]
  /** What is listed by itself, by address, after the last one of the page before; a template can reach more. At most 200. */
  list(visit: Visit, after: string | undefined): Promise<readonly Resource[]>
  /** Null for an address that is not this source's, and for what the caller may not see: nobody learns which. */
  read(visit: Visit, uri: string): Promise<ResourceContents | null>
  /** Values for a variable of one of the templates that begin with `value`; null when the template is not this source's. */
  complete(visit: Visit, template: string, variable: string, value: string): Promise<readonly string[] | null>
}
