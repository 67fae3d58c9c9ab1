import { Dialog } from '../ui/overlay.tsx'
import { goKeys, paletteKeys } from './keys.ts'

const general = [
  [['/'], 'Search this list'],
  [paletteKeys.split(' '), 'Go to anything'],
  [['j'], 'Next row (or ↓)'],
  [['k'], 'Previous row (or ↑)'],
  [['Enter'], 'Open the row'],
  [['Esc'], 'Close, or leave a field'],
  [['?'], 'These keys'],
] satisfies readonly (readonly [readonly string[], string])[]

function Keys({ keys }: { readonly keys: readonly string[] }) {
  return (
    <span className="flex gap-1">
      {keys.map((key) => (
        <kbd
          key={key}
          className="min-w-5 rounded-chip border border-line bg-sunken px-1.5 py-0.5 text-center text-micro text-ink-2"
        >
          {key}
        </kbd>
      ))}
    </span>
  )
}

const Row = ({ keys, label }: { readonly keys: readonly string[]; readonly label: string }) => (
  <li className="flex items-center justify-between gap-4 py-1">
    <span>{label}</span>
    <Keys keys={keys} />
  </li>
)

export function KeysDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard shortcuts" wide>
      <div className="grid gap-x-10 gap-y-4 pb-2 sm:grid-cols-2">
        <section>
          <h3 className="caption mb-1">Everywhere</h3>
          <ul>
            {general.map(([keys, label]) => (
              <Row key={label} keys={keys} label={label} />
            ))}
          </ul>
        </section>
        <section>
          <h3 className="caption mb-1">Go to: press g, then</h3>
          <ul>
            {goKeys.map(({ key, label }) => (
              <Row key={key} keys={['g', key]} label={label} />
            ))}
          </ul>
        </section>
      </div>
    </Dialog>
  )
}
