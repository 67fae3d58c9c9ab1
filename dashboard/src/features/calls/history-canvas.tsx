import { useEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { CallTotals } from '../../api/types.ts'
import { formatClock, formatCount, formatShort, formatTick, plural } from '../../lib/format.ts'
import { useThemeShown } from '../../shell/theme.ts'

/** The least a bar of failures shows, as a part of the tallest bar: one failure in a thousand calls must be seen. */
const leastFailure = 0.09

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

type Series = CallTotals['series']

/** x in seconds, successes, failures as negative heights. */
function dataOf(series: Series): uPlot.AlignedData {
  const most = series.reduce((max, { succeeded, failed }) => Math.max(max, succeeded, failed), 1)
  return [
    series.map(({ at }) => new Date(at).getTime() / 1000),
    series.map(({ succeeded }) => succeeded || null),
    series.map(({ failed }) => (failed === 0 ? null : -Math.max(failed, most * leastFailure))),
  ]
}

/** Steps of the count axis: there are no halves of a call. */
const wholeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 5e6, 1e7]

const spanOf = (series: Series): number => new Date(series.at(-1)?.at ?? 0).getTime() - new Date(series[0]?.at ?? 0).getTime()

function optionsOf(width: number, height: number, series: Series, onPoint: (index: number | null) => void): uPlot.Options {
  const spanMs = spanOf(series)
  const stepSeconds = spanMs / 1000 / Math.max(1, series.length - 1)
  const axis = { stroke: token('--ink-3'), font: '11px "Geist Variable", sans-serif', ticks: { show: false }, gap: 6 }
  const bars = uPlot.paths.bars?.({ size: [0.72, 18], align: 1, radius: 0.15 })
  const bar = (color: string): uPlot.Series => ({
    fill: token(color),
    stroke: token(color),
    width: 0,
    points: { show: false },
    ...(bars ? { paths: bars } : {}),
  })
  return {
    width,
    height,
    padding: [6, 0, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      // Room for the last bar, which begins at the last point.
      x: { range: (_plot, min, max) => [min, max + stepSeconds] },
      y: { range: (_plot, min, max) => [Math.min(min ?? 0, -(max ?? 1) * 0.1), Math.max(max ?? 0, 1)] },
    },
    axes: [
      {
        ...axis,
        size: 24,
        grid: { show: false },
        space: 70,
        values: (_plot, values) => values.map((seconds) => formatTick(seconds * 1000, spanMs)),
      },
      {
        ...axis,
        size: 42,
        grid: { stroke: token('--line'), width: 1 },
        space: 26,
        incrs: wholeSteps,
        values: (_plot, values) => values.map((value) => (value < 0 ? '' : formatShort(value))),
      },
    ],
    series: [{}, bar('--ink-3'), bar('--bad')],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)] },
  }
}

export default function HistoryCanvas({ totals, height }: { readonly totals: CallTotals; readonly height: number }) {
  const box = useRef<HTMLDivElement>(null)
  const theme = useThemeShown()
  const [point, setPoint] = useState<number | null>(null)
  const data = useMemo(() => dataOf(totals.series), [totals.series])

  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme means other colours, which the canvas reads itself
  useEffect(() => {
    const place = box.current
    if (!place) return
    const plot = new uPlot(optionsOf(place.clientWidth, height, totals.series, setPoint), data, place)
    const resized = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height }))
    resized.observe(place)
    return () => {
      resized.disconnect()
      plot.destroy()
    }
  }, [data, height, theme])

  const shown = point === null ? undefined : totals.series[point]
  return (
    <figure>
      <div ref={box} aria-hidden className="w-full" style={{ height }} />
      <figcaption className="h-[22px] truncate pl-[42px] text-small text-ink-3 tabular">
        {shown ? (
          <>
            from {formatClock(shown.at)} · {formatCount(shown.succeeded)} succeeded
            {shown.failed > 0 && <span className="text-bad"> · {formatCount(shown.failed)} failed</span>}
          </>
        ) : (
          <>
            <span aria-hidden className="mr-1 inline-block size-2 rounded-[1px] bg-ink-3" />
            succeeded, up
            <span aria-hidden className="mr-1 ml-3 inline-block size-2 rounded-[1px] bg-bad" />
            failed, down
            <span className="sr-only">
              . {plural(totals.succeeded, 'call')} succeeded, {formatCount(totals.failed)} failed.
            </span>
          </>
        )}
      </figcaption>
    </figure>
  )
}
