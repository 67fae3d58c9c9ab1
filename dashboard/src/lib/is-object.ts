import type { Json } from '../api/types.ts'

/** Whether a JSON value is an object: no list, no null. */
export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
