/** Agent, key, API: the two doors with the key in between. */
export function DoorsPicture() {
  return (
    <svg
      viewBox="0 0 220 84"
      width="220"
      height="84"
      role="img"
      aria-label="An agent at one door, an API at the other, the key between them"
    >
      <g fill="none" stroke="var(--line)" strokeWidth="1.5" strokeDasharray="3 4">
        <path d="M40 42h36M144 42h36" />
      </g>
      <g stroke="var(--ink-2)" strokeWidth="5" strokeLinecap="round">
        <path d="M80 12v36M140 36v36" />
      </g>
      <g stroke="var(--line)" strokeWidth="5" strokeLinecap="round">
        <path d="M80 60v12M140 12v12" />
      </g>
      <circle cx="110" cy="42" r="8" fill="var(--accent)" />
      <circle cx="26" cy="42" r="11" fill="var(--panel)" stroke="var(--edge)" strokeWidth="1.5" />
      <rect x="183" y="31" width="22" height="22" rx="4" fill="var(--panel)" stroke="var(--edge)" strokeWidth="1.5" />
      <g fill="var(--ink-3)" fontSize="10" textAnchor="middle" fontFamily="var(--font-sans)">
        <text x="26" y="70">
          agent
        </text>
        <text x="194" y="70">
          API
        </text>
      </g>
    </svg>
  )
}
