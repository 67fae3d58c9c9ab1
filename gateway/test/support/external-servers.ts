import pg from 'pg'

/** The servers that `npm run test:external` needs; the defaults are those of continuous integration. */
export const externalPostgres = process.env.TEST_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/test'
export const externalRedis = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379'

export interface NewDatabase {
  readonly url: string
  /** As whoever TEST_DATABASE_URL names, with the gateway's schema selected. */
  readonly admin: pg.Client
  drop(): Promise<void>
}

/** A database of its own on the external PostgreSQL. */
export async function makeExternalDatabase(): Promise<NewDatabase> {
  const name = `sallyport_test_${crypto.randomUUID().replaceAll('-', '')}`
  const server = new pg.Client({ connectionString: externalPostgres })
  await server.connect()
  await server.query(`create database ${name}`)
  const url = new URL(externalPostgres)
  url.pathname = `/${name}`
  const admin = new pg.Client({ connectionString: url.href })
  admin.on('error', () => {})
  await admin.connect()
  await admin.query('set search_path = sallyport')
  return {
    url: url.href,
    admin,
    drop: async () => {
      await admin.end()
      await server.query(`drop database ${name} with (force)`)
      await server.end()
    },
  }
}
