import { openProgramClient } from './client.ts'
import { listingMs, problemOf, tell } from './http-listing.ts'
import { type ProgramUse, programTransport } from './program-transport.ts'

/** What a program says of itself, and its tools, by a process that is started for that. Throws what says why it does not. */
export async function listOfProgram(use: ProgramUse) {
  const signal = AbortSignal.timeout(listingMs)
  const way = await programTransport(use)
  try {
    const told = await tell(await openProgramClient(way, { timeoutMs: listingMs, signal }), signal)
    use.programs.worked(use.owner)
    return told
  } catch (error) {
    throw problemOf(error, null, `The program "${use.program.name}"`)
  } finally {
    await way.close()
  }
}
