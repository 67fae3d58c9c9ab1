/** Two doors that are never open together, and the key between them. */
export function Logo({ size = 20 }: { readonly size?: number }) {
  return (
    <svg viewBox="0 0 20 20" width={size} height={size} aria-hidden className="shrink-0">
      <g stroke="currentColor" strokeWidth="2.6" strokeLinecap="round">
        <path d="M5.5 3.2v8.6" />
        <path d="M14.5 8.2v8.6" />
      </g>
      <circle cx="10" cy="10" r="1.9" fill="var(--accent)" />
    </svg>
  )
}
