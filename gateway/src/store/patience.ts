/** Whatever holds this process up for longer counts as so much. */
const stepMs = 250

/**
 * Calls back when an answer has taken so long, unless what it returns is called before. Time in which this process itself did
 * not run, on a machine with too much to do, counts for little: the answer may have been there, unread.
 */
export function startPatience(ms: number, over: () => void): () => void {
  let steps = Math.ceil(ms / stepMs)
  const step = () => {
    steps--
    if (steps > 0) timer = setTimeout(step, stepMs).unref()
    else over()
  }
  let timer = setTimeout(step, stepMs).unref()
  return () => clearTimeout(timer)
}
