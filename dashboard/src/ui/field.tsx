import { Field as Base } from '@base-ui/react/field'
import { Search } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { cx } from '../lib/cx.ts'

/** The box of every text field and select; styles/base.css draws it, so that utilities here can still change it. */
export const controlClass = 'control'

export interface FieldProps {
  readonly label: string
  readonly hint?: ReactNode
  readonly error?: string | undefined
  readonly optional?: boolean
  readonly className?: string
}

/** Label above, control, then the error in the place of the hint. Names and describes the control for screen readers. */
export function Field({ label, hint, error, optional, className, children }: FieldProps & { readonly children: ReactNode }) {
  return (
    <Base.Root invalid={Boolean(error)} className={cx('flex min-w-0 flex-col gap-1.5', className)}>
      <Base.Label className="text-small font-medium text-ink-2">
        {label}
        {optional && <span className="font-normal text-ink-3"> optional</span>}
      </Base.Label>
      {children}
      {error ? (
        <Base.Error match className="text-small text-bad">
          {error}
        </Base.Error>
      ) : (
        hint && <Base.Description className="text-small text-ink-3">{hint}</Base.Description>
      )}
    </Base.Root>
  )
}

type InputProps = Omit<ComponentProps<typeof Base.Control>, 'className' | 'render'> & {
  readonly mono?: boolean
  readonly className?: string
}

/** A text input; inside a Field it gets its label from there. */
export function Input({ mono, className, ...rest }: InputProps) {
  return (
    <Base.Control autoComplete="off" spellCheck={false} className={cx(controlClass, mono && 'font-mono', className)} {...rest} />
  )
}

export function TextArea({ mono, className, ...rest }: ComponentProps<'textarea'> & { readonly mono?: boolean }) {
  return (
    <Base.Control
      render={
        <textarea
          spellCheck={!mono}
          rows={3}
          {...rest}
          className={cx(controlClass, 'h-auto resize-y py-1.5', mono && 'font-mono', className)}
        />
      }
    />
  )
}

/** A field and its input in one, for plain text. */
export function TextField({ label, hint, error, optional, className, ...input }: FieldProps & InputProps) {
  return (
    <Field label={label} hint={hint} error={error} {...(optional ? { optional } : {})} {...(className ? { className } : {})}>
      <Input {...input} />
    </Field>
  )
}

/** Search above a list. `/` puts the cursor here (see shell/keys). */
export function SearchInput({ label, className, ...rest }: ComponentProps<'input'> & { readonly label: string }) {
  return (
    <div className={cx('relative min-w-0', className)}>
      <Search size={14} aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-ink-3" />
      <input
        type="search"
        data-search
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        className={cx(controlClass, 'pr-8 pl-8')}
        {...rest}
      />
      <kbd
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2 hidden -translate-y-1/2 rounded-chip border border-line px-1 text-micro text-ink-3 md:block coarse:hidden"
      >
        /
      </kbd>
    </div>
  )
}
