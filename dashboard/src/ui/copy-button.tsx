import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button, IconButton } from './button.tsx'

/** Copies a text and says so for a moment. With `text` it is a button with words, otherwise an icon. */
export function CopyButton({ value, label, text }: { readonly value: string; readonly label: string; readonly text?: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1600)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = () => {
    void navigator.clipboard?.writeText(value).then(() => setCopied(true))
  }
  const icon = copied ? <Check size={13} className="text-ok" /> : <Copy size={13} />
  const announce = (
    <span role="status" className="sr-only">
      {copied ? 'Copied' : ''}
    </span>
  )
  if (text)
    return (
      <Button size="small" icon={icon} onClick={copy} aria-label={label}>
        {copied ? 'Copied' : text}
        {announce}
      </Button>
    )
  return (
    <IconButton size="small" label={copied ? 'Copied' : label} onClick={copy}>
      {icon}
      {announce}
    </IconButton>
  )
}

/** A value to be copied as it stands. */
export function Copyable({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <span className="flex items-center gap-1">
      <code className="min-w-0 break-all text-small">{text}</code>
      <CopyButton value={text} label={label} />
    </span>
  )
}
