import { Checkbox } from '../../ui/choice.tsx'

interface ChoiceProps {
  readonly label: string
  /** What each allows, by its name at the provider. */
  readonly scopes: Readonly<Record<string, string>>
  readonly value: readonly string[]
  readonly onChange: (value: readonly string[]) => void
}

/** What people are asked to allow, in the provider's own names. */
export function ScopeChoice({ label, scopes, value, onChange }: ChoiceProps) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-small font-medium text-ink-2">{label}</legend>
      <div className="grid max-h-64 gap-2.5 overflow-y-auto rounded-panel border border-line bg-panel p-3">
        {Object.entries(scopes).map(([name, description]) => (
          <Checkbox
            key={name}
            label={description || name}
            hint={description && <code className="break-all">{name}</code>}
            checked={value.includes(name)}
            onChange={(checked) => onChange(checked ? [...value, name] : value.filter((each) => each !== name))}
          />
        ))}
      </div>
    </fieldset>
  )
}
