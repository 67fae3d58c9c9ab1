import { Sallyport } from '@sallyport/sdk'
import { chosenWorkspace } from './workspace.ts'

/** The gateway that serves this page, by the session cookie of whoever signed in. */
export const api = new Sallyport({ workspace: chosenWorkspace })
