/**
 * As much of the package as is used. It is optional, and npm leaves it out where npm itself runs on an older Node than the
 * package asks for; types must not depend on that.
 */
declare module '@google-cloud/kms' {
  interface Context {
    readonly name: string
    readonly additionalAuthenticatedData: Uint8Array
  }
  interface CallOptions {
    readonly timeout: number
    readonly retry: null
  }
  type Bytes = Uint8Array | string | null | undefined

  export class KeyManagementServiceClient {
    constructor(options: { fallback: boolean; apiEndpoint?: string; port?: number; protocol?: string })
    initialize(): Promise<unknown>
    encrypt(request: Context & { readonly plaintext: Uint8Array }, options: CallOptions): Promise<[{ ciphertext?: Bytes }]>
    decrypt(request: Context & { readonly ciphertext: Uint8Array }, options: CallOptions): Promise<[{ plaintext?: Bytes }]>
  }
}
