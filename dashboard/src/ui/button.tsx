import { Link, type LinkProps } from '@tanstack/react-router'
import { LoaderCircle } from 'lucide-react'
import type { ComponentProps, MouseEvent, ReactNode } from 'react'
import { cx } from '../lib/cx.ts'
import { Tooltip } from './tooltip.tsx'

export type ButtonLook = 'primary' | 'plain' | 'quiet' | 'danger'
export type ButtonSize = 'small' | 'normal'

const looks: Record<ButtonLook, string> = {
  primary: 'bg-strong text-on-strong border-strong hover:bg-strong-hover hover:border-strong-hover',
  plain: 'bg-panel text-ink border-line hover:bg-hover hover:border-edge',
  quiet: 'bg-transparent text-ink-2 border-transparent hover:bg-hover hover:text-ink',
  danger: 'bg-panel text-bad border-line hover:bg-bad-wash hover:border-bad',
}
const sizes: Record<ButtonSize, string> = {
  small: 'h-7 px-2 text-small gap-1.5 coarse:h-9 coarse:px-3',
  normal: 'h-8 px-3 text-body gap-1.5 coarse:h-10',
}
const squares: Record<ButtonSize, string> = { small: 'size-7 coarse:size-9', normal: 'size-8 coarse:size-10' }

export const buttonClass = (look: ButtonLook = 'plain', size: ButtonSize = 'normal', extra?: string, square = false): string =>
  cx(
    'relative inline-flex shrink-0 items-center justify-center rounded-control border font-medium whitespace-nowrap select-none transition-colors duration-100',
    'disabled:opacity-45 disabled:pointer-events-none aria-disabled:opacity-45 aria-disabled:cursor-default',
    looks[look],
    square ? squares[size] : sizes[size],
    extra,
  )

interface Look {
  readonly look?: ButtonLook
  readonly size?: ButtonSize
  readonly icon?: ReactNode
}

/** Takes a press without doing anything, and without submitting its form. */
const ignore = (event: MouseEvent): void => event.preventDefault()

/**
 * A push button. `busy` keeps its width and its focus (a disabled button would lose it), says so to screen readers, and takes
 * no second press.
 */
export function Button({
  look,
  size,
  icon,
  busy = false,
  className,
  children,
  type = 'button',
  onClick,
  ...rest
}: ComponentProps<'button'> & Look & { readonly busy?: boolean }) {
  return (
    <button
      type={type}
      className={buttonClass(look, size, className)}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? ignore : onClick}
      {...rest}
    >
      {busy ? <LoaderCircle size={14} className={cx('animate-turn', !icon && 'absolute inset-0 m-auto')} aria-hidden /> : icon}
      {busy && !icon ? <span className="opacity-0">{children}</span> : children}
    </button>
  )
}

/** A link that looks like a button, because it leads somewhere. */
export function ButtonLink({
  look,
  size,
  icon,
  className,
  children,
  ...rest
}: LinkProps & Look & { readonly className?: string; readonly children?: ReactNode }) {
  return (
    <Link className={buttonClass(look, size, className)} {...rest}>
      {icon}
      {children}
    </Link>
  )
}

/** A square button with only an icon; its label is the accessible name and the tooltip. */
export function IconButton({
  label,
  look = 'quiet',
  size = 'normal',
  className,
  children,
  ...rest
}: ComponentProps<'button'> & { readonly label: string; readonly look?: ButtonLook; readonly size?: ButtonSize }) {
  return (
    <Tooltip text={label}>
      <button type="button" aria-label={label} className={buttonClass(look, size, className, true)} {...rest}>
        {children}
      </button>
    </Tooltip>
  )
}
