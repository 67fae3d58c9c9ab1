import { Checkbox as BaseCheckbox } from '@base-ui/react/checkbox'
import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import { Select as BaseSelect } from '@base-ui/react/select'
import { Check, ChevronsUpDown, Minus } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { cx } from '../lib/cx.ts'
import { controlClass } from './field.tsx'

export interface Option<T extends string> {
  readonly value: T
  readonly label: string
  readonly hint?: string
}

interface SelectProps<T extends string> {
  readonly value: T
  readonly onChange: (value: T) => void
  readonly options: readonly Option<T>[]
  /** Accessible name, when no Field names it. */
  readonly label?: string
  readonly className?: string
  readonly id?: string
  readonly disabled?: boolean
}

/** One of a few. For many, use a search. */
export function Select<T extends string>({ value, onChange, options, label, className, id, disabled }: SelectProps<T>) {
  return (
    <BaseSelect.Root
      value={value}
      onValueChange={(next) => next !== null && onChange(next)}
      items={options.map(({ value, label }) => ({ value, label }))}
      disabled={disabled ?? false}
    >
      <BaseSelect.Trigger
        id={id}
        aria-label={label}
        className={cx(controlClass, 'flex items-center justify-between gap-2 text-left', className)}
      >
        <BaseSelect.Value className="truncate" />
        <BaseSelect.Icon className="text-ink-3">
          <ChevronsUpDown size={13} aria-hidden />
        </BaseSelect.Icon>
      </BaseSelect.Trigger>
      <BaseSelect.Portal>
        <BaseSelect.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50">
          <BaseSelect.Popup className="max-h-(--available-height) min-w-(--anchor-width) overflow-y-auto rounded-panel border border-line bg-panel p-1 shadow-lift transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0">
            {options.map((option) => (
              <BaseSelect.Item
                key={option.value}
                value={option.value}
                className="grid grid-cols-[1rem_1fr] items-baseline gap-x-1.5 rounded-control py-1.5 pr-3 pl-1.5 text-body outline-none data-highlighted:bg-hover coarse:py-2.5"
              >
                <BaseSelect.ItemIndicator className="col-start-1 self-center">
                  <Check size={13} aria-hidden />
                </BaseSelect.ItemIndicator>
                <BaseSelect.ItemText className="col-start-2">{option.label}</BaseSelect.ItemText>
                {option.hint && <span className="col-start-2 text-small text-ink-3">{option.hint}</span>}
              </BaseSelect.Item>
            ))}
          </BaseSelect.Popup>
        </BaseSelect.Positioner>
      </BaseSelect.Portal>
    </BaseSelect.Root>
  )
}

interface CheckboxProps {
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly label: string
  readonly hint?: ReactNode
  readonly indeterminate?: boolean
  /** Only the box is drawn; the label is for screen readers. */
  readonly bare?: boolean
  /** The main element of a row: the whole of it is its area, and arrow keys go from one to the next. */
  readonly row?: boolean
  readonly disabled?: boolean
}

export function Checkbox({ checked, onChange, label, hint, indeterminate, bare, row, disabled }: CheckboxProps) {
  const id = useId()
  const box = (
    <BaseCheckbox.Root
      id={id}
      checked={checked}
      indeterminate={indeterminate ?? false}
      onCheckedChange={onChange}
      disabled={disabled ?? false}
      aria-label={bare ? label : undefined}
      data-row-main={row ? true : undefined}
      className={cx(
        'grid size-4 shrink-0 place-items-center rounded-chip border border-edge bg-panel text-on-strong transition-colors after:absolute data-checked:border-strong data-checked:bg-strong data-disabled:opacity-45 data-indeterminate:border-strong data-indeterminate:bg-strong',
        row ? 'after:inset-0' : 'relative after:-inset-2.5',
      )}
    >
      <BaseCheckbox.Indicator>
        {indeterminate ? <Minus size={12} strokeWidth={3} /> : <Check size={12} strokeWidth={3} />}
      </BaseCheckbox.Indicator>
    </BaseCheckbox.Root>
  )
  if (bare) return box
  return (
    <label htmlFor={id} className="flex items-start gap-2 text-body">
      <span className="flex h-5 items-center">{box}</span>
      <span>
        {label}
        {hint && <span className="block text-small text-ink-3">{hint}</span>}
      </span>
    </label>
  )
}

interface CardsProps<T extends string> extends SelectProps<T> {
  readonly label: string
  readonly icons?: Partial<Record<T, ReactNode>>
}

/** A choice that deserves a sentence each: cards that act as radio buttons. */
export function RadioCards<T extends string>({ value, onChange, options, label, className, icons }: CardsProps<T>) {
  const name = useId()
  return (
    <RadioGroup aria-label={label} value={value} onValueChange={(next) => onChange(next)} className={cx('grid gap-2', className)}>
      {options.map((option) => (
        <label
          key={option.value}
          htmlFor={`${name}-${option.value}`}
          className="flex items-start gap-2.5 rounded-panel border border-line bg-panel p-3 transition-colors hover:border-edge has-data-checked:border-strong has-data-checked:shadow-[inset_0_0_0_1px_var(--strong)]"
        >
          <Radio.Root
            id={`${name}-${option.value}`}
            value={option.value}
            aria-labelledby={`${name}-${option.value}-label`}
            aria-describedby={option.hint && `${name}-${option.value}-hint`}
            className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border border-edge bg-panel data-checked:border-strong"
          >
            <Radio.Indicator className="size-2 rounded-full bg-strong" />
          </Radio.Root>
          <span className="min-w-0">
            <span id={`${name}-${option.value}-label`} className="flex items-center gap-1.5 text-body font-medium">
              {icons?.[option.value]}
              {option.label}
            </span>
            {option.hint && (
              <span id={`${name}-${option.value}-hint`} className="block text-small text-ink-3">
                {option.hint}
              </span>
            )}
          </span>
        </label>
      ))}
    </RadioGroup>
  )
}

/** A choice of two to four words in one line. */
export function Segments<T extends string>({ value, onChange, options, label }: SelectProps<T> & { readonly label: string }) {
  return (
    <RadioGroup
      aria-label={label}
      value={value}
      onValueChange={(next) => onChange(next)}
      className="inline-flex rounded-control border border-line bg-sunken p-0.5"
    >
      {options.map((option) => (
        <Radio.Root
          key={option.value}
          value={option.value}
          render={<span />}
          className="cursor-pointer rounded-chip px-2.5 py-0.5 text-small text-ink-2 transition-colors select-none hover:text-ink data-checked:bg-panel data-checked:text-ink data-checked:shadow-[0_0_0_1px_var(--line)] coarse:py-1.5"
        >
          {option.label}
        </Radio.Root>
      ))}
    </RadioGroup>
  )
}
