import { Toast } from '@base-ui/react/toast'
import { X } from 'lucide-react'
import { Mark } from './status.tsx'

/** Says briefly that something was done. Errors never come as toasts: they stay where they arose. */
const manager = Toast.createToastManager()

export const say = (title: string, description?: string): void =>
  void manager.add({ title, ...(description ? { description } : {}), timeout: 4000 })

function Toasts() {
  const { toasts } = Toast.useToastManager()
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="pointer-events-auto mb-2 rounded-panel border border-line bg-panel shadow-lift transition duration-150 ease-out data-ending-style:translate-y-2 data-ending-style:opacity-0 data-starting-style:translate-y-2 data-starting-style:opacity-0"
    >
      <Toast.Content className="flex items-start gap-2.5 p-3">
        <Mark state={{ shape: 'check', tone: 'ok', words: 'Done' }} className="mt-1" />
        <div className="min-w-0 flex-1">
          <Toast.Title className="text-body font-medium" />
          <Toast.Description className="text-small text-ink-2" />
        </div>
        <Toast.Close aria-label="Close" className="text-ink-3 hover:text-ink">
          <X size={14} />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ))
}

export function ToastRegion() {
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="pointer-events-none fixed right-4 bottom-20 z-50 w-[min(20rem,calc(100vw-2rem))] md:bottom-4">
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}
