/** As much of the optional package as is used; types must not depend on whether npm has installed it. */
declare module '@google-cloud/secret-manager' {
  interface CallOptions {
    readonly timeout: number
    readonly retry: null
  }
  interface Version {
    readonly name?: string | null
    readonly state?: string | number | null
  }
  interface Options {
    readonly fallback: boolean
    readonly apiEndpoint?: string
    readonly port?: number
    readonly protocol?: string
    readonly projectId?: string
    readonly credentials?: { readonly client_email: string; readonly private_key: string }
    readonly clientOptions?: { readonly transporterOptions: { readonly fetchImplementation: typeof globalThis.fetch } }
  }

  export class SecretManagerServiceClient {
    constructor(options: Options)
    initialize(): Promise<unknown>
    createSecret(
      request: {
        readonly parent: string
        readonly secretId: string
        readonly secret: {
          readonly replication: { readonly automatic: object }
          readonly labels: Readonly<Record<string, string>>
        }
      },
      options: CallOptions,
    ): Promise<unknown>
    addSecretVersion(
      request: { readonly parent: string; readonly payload: { readonly data: Uint8Array } },
      options: CallOptions,
    ): Promise<[Version]>
    getSecretVersion(request: { readonly name: string }, options: CallOptions): Promise<[Version]>
    accessSecretVersion(
      request: { readonly name: string },
      options: CallOptions,
    ): Promise<[{ readonly name?: string | null; readonly payload?: { readonly data?: Uint8Array | string | null } | null }]>
    destroySecretVersion(request: { readonly name: string }, options: CallOptions): Promise<unknown>
    deleteSecret(request: { readonly name: string }, options: CallOptions): Promise<unknown>
  }
}
