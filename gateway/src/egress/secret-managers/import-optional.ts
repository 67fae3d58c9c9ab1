import { SecretManagerError } from './types.ts'

/** Loads an optional dependency: most installations need none of them. */
export async function importOptional<Module>(load: () => Promise<Module>, name: string, version: string): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error
    throw new SecretManagerError('refused', `Its client is not installed where the gateway runs: npm install ${name}@${version}`)
  }
}
