import type { KeyObject } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../config.ts'
import { reveal, type Secret } from '../secret.ts'
import { openAwsKms } from './aws-kms.ts'
import { decrypt, encrypt, envelopeVersion, lengthPrefixed } from './envelope.ts'
import { openGcpKms } from './gcp-kms.ts'
import { createKeyFile, messageOf, parseKey, readKeyFile } from './key-file.ts'
import type { KeyContext, RootKey } from './types.ts'

const fileName = 'root.key'

function wrappingAad({ workspace, keyId }: KeyContext): Buffer {
  return lengthPrefixed(['sallyport workspace key', String(envelopeVersion), workspace, keyId])
}

/** A root key of 32 bytes that the gateway holds itself. */
export function localRootKey(key: KeyObject): RootKey {
  return {
    name: 'a key of 32 bytes',
    wrap: (context, bytes) => Promise.resolve(encrypt(key, wrappingAad(context), bytes)),
    unwrap: (context, wrapped) => Promise.resolve(decrypt(key, wrappingAad(context), wrapped)),
  }
}

async function open(setting: string, text: string): Promise<RootKey> {
  const [, scheme, rest = ''] = /^(aws-kms|gcp-kms|file):(.*)$/s.exec(text) ?? []
  switch (scheme) {
    case 'aws-kms':
      return openAwsKms(setting, rest)
    case 'gcp-kms':
      return openGcpKms(setting, rest)
    case 'file': {
      const key = await readKeyFile(rest)
      if (key === null) throw new ConfigError(`${setting} names the file ${rest}, which does not exist.`)
      return localRootKey(key)
    }
    default: {
      const key = parseKey(text)
      if (key !== null) return localRootKey(key)
      throw new ConfigError(
        `${setting} must be 32 bytes in base64 or hex, file:PATH, aws-kms:KEY or gcp-kms:KEY. Make a key with: node -p "crypto.randomBytes(32).toString('base64')"`,
      )
    }
  }
}

/**
 * The key that wraps the workspace keys: what the setting says, else `root.key` (mode 0600) in the data directory; null
 * when there is neither. Throws ConfigError with what to do.
 */
export async function findRootKey(options: { configured: Secret | undefined; dataDir: string }): Promise<RootKey | null> {
  const { configured, dataDir } = options
  if (configured !== undefined) return open('SALLYPORT_ROOT_KEY', reveal(configured).trim())
  const key = await readKeyFile(join(dataDir, fileName))
  return key === null ? null : localRootKey(key)
}

/** The key that wrapped the workspace keys until now. */
export function openPreviousRootKey(configured: Secret): Promise<RootKey> {
  return open('SALLYPORT_PREVIOUS_ROOT_KEY', reveal(configured).trim())
}

/** Makes `root.key` in the data directory, for an installation without a root key. Throws ConfigError. */
export async function createRootKey(dataDir: string): Promise<RootKey> {
  const path = join(dataDir, fileName)
  try {
    await mkdir(dataDir, { recursive: true })
    await createKeyFile(dataDir, path)
  } catch (error) {
    throw new ConfigError(
      `The root key file ${path} cannot be created: ${messageOf(error)}. Set SALLYPORT_DATA_DIR or SALLYPORT_ROOT_KEY.`,
    )
  }
  const key = await readKeyFile(path)
  if (key === null) throw new ConfigError(`The root key file ${path} disappeared while starting.`)
  return localRootKey(key)
}
