import { CopyButton } from '../../ui/copy-button.tsx'

/** A one-time link, shown this once, to be handed on. */
export function LinkBox({ url }: { readonly url: string }) {
  return (
    <div className="flex items-center gap-2 rounded-panel border border-accent-line bg-accent-wash py-2 pr-2 pl-3">
      <code className="min-w-0 flex-1 break-all">{url}</code>
      <CopyButton value={url} label="Copy the link" text="Copy" />
    </div>
  )
}
