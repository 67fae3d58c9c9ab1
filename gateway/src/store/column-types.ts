import type { ColumnType } from 'kysely'

export type Instant = ColumnType<Date, Date | string, Date | string>
export type Created = ColumnType<Date, Date | string | undefined, never>
export type Updated = ColumnType<Date, Date | undefined, Date>
/** Written as a JSON text (`JSON.stringify`), read as a value. */
export type Json<T> = ColumnType<T, string, string>
