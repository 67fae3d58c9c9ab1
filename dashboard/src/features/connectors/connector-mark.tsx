interface Marked {
  readonly id: string
  readonly name: string
  readonly brand_color: string
}

const hex = /^#[0-9a-f]{6}$/i

/**
 * A connector's initials on its colour. Logos of documents are not loaded: an address out of an imported file must not be
 * asked by every reader's browser.
 */
export function ConnectorMark({ connector, size = 32 }: { readonly connector: Marked; readonly size?: number }) {
  const letters = connector.name
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => word[0])
    .join('')
  const color = hex.test(connector.brand_color) ? connector.brand_color : undefined
  return (
    <span
      aria-hidden
      style={{
        width: size,
        height: size,
        ...(color
          ? {
              backgroundColor: `color-mix(in oklch, ${color} 16%, var(--panel))`,
              borderColor: `color-mix(in oklch, ${color} 45%, var(--line))`,
            }
          : {}),
      }}
      className="grid shrink-0 place-items-center rounded-control border border-line bg-sunken text-small font-semibold text-ink-2 uppercase"
    >
      {letters || '–'}
    </span>
  )
}
