/** One page of a listing. `next_cursor` is null on the last. */
export interface Page<T> {
  readonly items: T[]
  readonly next_cursor: string | null
}

/** Every item of a listing, page by page: `allItems((cursor) => sallyport.calls.list({ cursor }))`. */
export async function* allItems<T>(list: (cursor: string | undefined) => Promise<Page<T>>): AsyncGenerator<T> {
  let cursor: string | undefined
  do {
    const page = await list(cursor)
    yield* page.items
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
}
