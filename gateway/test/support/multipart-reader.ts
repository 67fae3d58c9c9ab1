/** One part of a multipart/form-data body (RFC 7578). */
export interface SeenPart {
  readonly name: string
  readonly filename: string | undefined
  readonly contentType: string | undefined
  readonly data: Buffer
}

/** The parts of a body, read strictly: throws when it is not what its boundary says. */
export function readMultipart(contentType: string, bytes: Buffer): SeenPart[] {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1]
  if (boundary === undefined) throw new Error('no boundary')
  // Latin-1 keeps every byte one character.
  const text = bytes.toString('latin1')
  const pieces = text.split(`--${boundary}`)
  if (pieces[0] !== '' || pieces.at(-1) !== '--\r\n') throw new Error('the body does not begin and end with its boundary')
  return pieces.slice(1, -1).map((piece) => {
    const end = piece.indexOf('\r\n\r\n')
    if (!piece.startsWith('\r\n') || end < 0 || !piece.endsWith('\r\n')) throw new Error('a part without header or end')
    const headers = piece.slice(2, end)
    const value = (pattern: RegExp) => {
      const found = pattern.exec(headers)?.[1]
      return found === undefined ? undefined : Buffer.from(found, 'latin1').toString()
    }
    const name = value(/content-disposition: form-data;[^\r]*\bname="([^"]*)"/i)
    if (name === undefined) throw new Error('a part without a name')
    const type = value(/^content-type: ([^\r]*)/im)
    return {
      name,
      filename: value(/filename="([^"]*)"/i),
      contentType: type,
      data: Buffer.from(piece.slice(end + 4, -2), 'latin1'),
    }
  })
}
