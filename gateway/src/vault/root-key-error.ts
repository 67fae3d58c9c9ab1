import { ConfigError } from '../config.ts'

/** A key management service that does not do what the gateway needs of it; the message says why and what to do. */
export class RootKeyError extends ConfigError {}

/** Loads an optional dependency: it is large, and most installations hold their root key themselves. */
export async function importOptional<Module>(load: () => Promise<Module>, name: string, version: string): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error
    throw new RootKeyError(`The root key is kept by a service whose client is not installed: npm install ${name}@${version}`)
  }
}
