import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { TokenSnippets } from './token-snippets.tsx'

interface NewSecretProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  readonly token: string
  /** Slug of the toolset it is bound to. */
  readonly toolset?: string | undefined
}

/** A secret just made, this one time, with what a client needs to use it. */
export function NewSecret({ open, onClose, title, token, toolset }: NewSecretProps) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      wide
      title={title}
      description="Copy the token now. It is not stored and can't be shown again."
      footer={
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="space-y-4">
        <div className="flex items-center gap-2 rounded-panel border border-accent-line bg-accent-wash py-2 pr-2 pl-3">
          <code className="min-w-0 flex-1 break-all">{token}</code>
          <CopyButton value={token} label="Copy the token" text="Copy" />
        </div>
        <TokenSnippets token={token} toolset={toolset} />
      </div>
    </Dialog>
  )
}
