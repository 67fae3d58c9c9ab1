import { lazy, Suspense } from 'react'
import type { CallTotals } from '../../api/types.ts'

const Canvas = lazy(() => import('./history-canvas.tsx'))

interface ChartProps {
  readonly totals: CallTotals
  /** Height of the plot in pixels; the line below it is added. */
  readonly height: number
}

/** Calls over time: succeeded upwards, failed downwards. Its place is kept while the chart library loads. */
export function HistoryChart({ totals, height }: ChartProps) {
  return (
    <div style={{ minHeight: height + 22 }}>
      <Suspense>
        <Canvas totals={totals} height={height} />
      </Suspense>
    </div>
  )
}
