import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import type { ImportProgress, ImportSource } from '../../api/types.ts'
import { asConnectorDocument, type ConnectorDocument } from '../../lib/connector-document.ts'
import { type Review, reviewOf } from './review.ts'

interface Outcomes {
  readonly onReview: (review: Review) => void
  /** It was a connector file, which holds no choice. */
  readonly onConnector: (document: ConnectorDocument) => void
}

type Read = Review | ConnectorDocument

/** Has the gateway read a document, hears how far it is, and can stop it. */
export function usePreview({ onReview, onConnector }: Outcomes) {
  const [progress, setProgress] = useState<ImportProgress | null>(null)
  const stop = useRef<AbortController>(null)
  useEffect(() => () => stop.current?.abort(), [])

  const read = useMutation({
    mutationFn: async (source: ImportSource): Promise<Read> => {
      const abort = new AbortController()
      stop.current = abort
      setProgress(null)
      try {
        return reviewOf(source, await api.connectors.preview(source, setProgress, abort.signal))
      } catch (error) {
        if (abort.signal.aborted || toProblem(error).diagnostics?.format !== 'connector') throw error
        return asConnectorDocument((await api.connectors.parse(source)).document)
      }
    },
    onSuccess: (made) => ('preview' in made ? onReview(made) : onConnector(made)),
  })
  const cancel = () => {
    stop.current?.abort()
    // What an aborted request comes to is no failure to show.
    read.reset()
  }
  return { read, progress, cancel }
}
