import { Check } from 'lucide-react'
import { cx } from '../../lib/cx.ts'
import type { Step } from './draft.ts'

export const stepLabels: Record<Step, string> = {
  basics: 'Basics',
  auth: 'Authentication',
  actions: 'Actions',
  test: 'Test and save',
}

interface StepperProps {
  readonly steps: readonly Step[]
  readonly position: number
  /** Index of the last step that may be opened. */
  readonly reachable: number
  readonly onGo: (index: number) => void
}

export function Stepper({ steps, position, reachable, onGo }: StepperProps) {
  return (
    <nav aria-label="Steps" className="border-b border-line px-4 md:px-8">
      <ol className="flex gap-4 sm:gap-7">
        {steps.map((step, index) => {
          const done = index < position
          return (
            <li key={step}>
              <button
                type="button"
                disabled={index > reachable}
                aria-current={index === position ? 'step' : undefined}
                onClick={() => onGo(index)}
                data-focus-inset
                className={cx(
                  '-mb-px flex items-center gap-2 border-b-2 border-transparent py-2 whitespace-nowrap transition-colors disabled:text-ink-3 aria-[current=step]:border-ink aria-[current=step]:font-medium aria-[current=step]:text-ink',
                  index !== position && 'text-ink-2 enabled:hover:text-ink',
                )}
              >
                <span
                  className={cx(
                    'grid size-4.5 place-items-center rounded-full border text-micro tabular',
                    index === position ? 'border-strong bg-strong text-on-strong' : done ? 'border-ok text-ok' : 'border-edge/60',
                  )}
                >
                  {done ? <Check size={11} strokeWidth={3} aria-label="done" /> : index + 1}
                </span>
                <span className={cx(index !== position && 'hidden sm:inline')}>{stepLabels[step]}</span>
              </button>
            </li>
          )
        })}
      </ol>
    </nav>
  )
}
