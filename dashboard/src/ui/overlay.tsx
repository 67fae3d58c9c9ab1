import { AlertDialog } from '@base-ui/react/alert-dialog'
import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { cx } from '../lib/cx.ts'
import { Button, buttonClass } from './button.tsx'

const backdrop =
  'fixed inset-0 z-40 bg-shade transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0'
const box =
  'relative flex max-h-[calc(100dvh-2rem)] w-full flex-col overflow-hidden rounded-panel border border-line bg-panel shadow-lift outline-none transition duration-150 ease-out data-ending-style:translate-y-1 data-ending-style:opacity-0 data-starting-style:translate-y-1 data-starting-style:opacity-0'

/** Where the focus goes on opening: into a form, otherwise onto the dialog itself rather than its close button. */
const firstField = (popup: HTMLElement | null): HTMLElement | null =>
  popup?.querySelector<HTMLElement>('[autofocus], input:not([type=hidden]), textarea') ?? popup

interface DialogProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  readonly description?: ReactNode
  readonly children: ReactNode
  readonly footer?: ReactNode
  readonly wide?: boolean
}

/** A dialog in the middle, for one decision or one short form. */
export function Dialog({ open, onClose, title, description, children, footer, wide }: DialogProps) {
  const popup = useRef<HTMLDivElement>(null)
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop forceRender className={backdrop} />
        <Base.Viewport className="fixed inset-0 z-40 grid place-items-center overflow-y-auto p-4">
          <Base.Popup
            ref={popup}
            initialFocus={() => firstField(popup.current)}
            className={cx(box, wide ? 'max-w-3xl' : 'max-w-md')}
          >
            <header className="flex items-start gap-3 px-5 pt-4 pb-1">
              <div className="min-w-0 flex-1">
                <Base.Title className="text-lead font-semibold">{title}</Base.Title>
                {description && <Base.Description className="mt-1 text-body text-ink-2">{description}</Base.Description>}
              </div>
              <Base.Close aria-label="Close" className={buttonClass('quiet', 'small', '-mr-1.5', true)}>
                <X size={15} />
              </Base.Close>
            </header>
            <div className="min-h-0 flex-1 overflow-y-auto px-5 py-3">{children}</div>
            {footer && <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}

interface ConfirmProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  readonly action: string
  readonly onConfirm: () => void
  readonly busy: boolean
  readonly children: ReactNode
}

/** Asks before something that can't be undone. The safe button has the focus. */
export function Confirm({ open, onClose, title, action, onConfirm, busy, children }: ConfirmProps) {
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop forceRender className={backdrop} />
        <AlertDialog.Viewport className="fixed inset-0 z-40 grid place-items-center overflow-y-auto p-4">
          <AlertDialog.Popup className={cx(box, 'max-w-md')}>
            <div className="px-5 pt-4 pb-4">
              <AlertDialog.Title className="text-lead font-semibold">{title}</AlertDialog.Title>
              <AlertDialog.Description render={<div />} className="mt-2 space-y-2 text-body text-ink-2">
                {children}
              </AlertDialog.Description>
            </div>
            <footer className="flex justify-end gap-2 border-t border-line px-5 py-3">
              <AlertDialog.Close render={<Button />}>Cancel</AlertDialog.Close>
              <Button look="danger" busy={busy} onClick={onConfirm}>
                {action}
              </Button>
            </footer>
          </AlertDialog.Popup>
        </AlertDialog.Viewport>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}

interface SheetProps {
  readonly onClose: () => void
  /** Names the sheet for screen readers. */
  readonly label: string
  readonly header: ReactNode
  readonly children: ReactNode
}

/** The detail of a row, over the right part of its list. The list stays where it was; Escape goes back to it. */
export function Sheet({ onClose, label, header, children }: SheetProps) {
  const popup = useRef<HTMLDivElement>(null)
  return (
    <Base.Root open onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={backdrop} />
        <Base.Viewport className="fixed inset-0 z-40">
          <Base.Popup
            ref={popup}
            initialFocus={() => firstField(popup.current)}
            aria-label={label}
            className="fixed inset-y-0 right-0 flex w-full max-w-[44rem] flex-col border-l border-line bg-panel shadow-lift outline-none transition duration-200 ease-out data-ending-style:translate-x-4 data-ending-style:opacity-0 data-starting-style:translate-x-4 data-starting-style:opacity-0"
          >
            <header className="flex items-start gap-3 border-b border-line py-3 pr-3 pl-5">
              <div className="min-w-0 flex-1">{header}</div>
              <Base.Close aria-label="Close" className={buttonClass('quiet', 'normal', undefined, true)}>
                <X size={16} />
              </Base.Close>
            </header>
            <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain">{children}</div>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}
