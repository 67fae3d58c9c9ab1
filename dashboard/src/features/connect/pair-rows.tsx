import { Plus, X } from 'lucide-react'
import { type Pair, pair } from '../../lib/action-form.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Input } from '../../ui/field.tsx'

interface PairRowsProps {
  readonly label: string
  readonly singular: string
  readonly rows: readonly Pair[]
  readonly onChange: (rows: readonly Pair[]) => void
  readonly namePlaceholder: string
  readonly valuePlaceholder: string
}

/** Names and templates, row by row. */
export function PairRows({ label, singular, rows, onChange, namePlaceholder, valuePlaceholder }: PairRowsProps) {
  const set = (id: number, change: Partial<Pair>) => onChange(rows.map((row) => (row.id === id ? { ...row, ...change } : row)))
  return (
    <fieldset className="space-y-1.5">
      <legend className="mb-1.5 text-small font-medium text-ink-2">
        {label}
        <span className="font-normal text-ink-3"> optional</span>
      </legend>
      {rows.map((row, index) => (
        <div key={row.id} className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto] gap-1.5">
          <Input
            mono
            aria-label={`Name of ${singular} ${index + 1}`}
            placeholder={namePlaceholder}
            value={row.name}
            onValueChange={(name) => set(row.id, { name })}
            autoFocus={row.name === '' && row.value === ''}
          />
          <Input
            mono
            aria-label={`Value of ${singular} ${index + 1}`}
            placeholder={valuePlaceholder}
            value={row.value}
            onValueChange={(value) => set(row.id, { value })}
          />
          <IconButton label={`Remove ${singular} ${index + 1}`} onClick={() => onChange(rows.filter(({ id }) => id !== row.id))}>
            <X size={14} />
          </IconButton>
        </div>
      ))}
      <Button size="small" look="quiet" icon={<Plus size={13} />} onClick={() => onChange([...rows, pair()])}>
        Add a {singular}
      </Button>
    </fieldset>
  )
}
