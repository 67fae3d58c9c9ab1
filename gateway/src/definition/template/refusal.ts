import { SallyportError } from '../../errors.ts'

/** INVALID_INPUT about one input: "customer_id is required". The value itself is never shown. */
export function refuseInput(name: string, problem: string): never {
  const message = `${name} ${problem}`
  const path = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
  throw new SallyportError('INVALID_INPUT', { detail: `${message}.`, diagnostics: { errors: [{ path, message }] } })
}

/** Runs a renderer; what JavaScript itself throws on hostile values becomes INVALID_INPUT. */
export function guarded<T>(render: () => T): T {
  try {
    return render()
  } catch (error) {
    if (error instanceof URIError) refuseInput('The input', 'holds text that is not valid Unicode')
    if (error instanceof RangeError) refuseInput('The input', 'is nested too deeply')
    throw error
  }
}
