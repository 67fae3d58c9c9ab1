import { useState } from 'react'
import { isSlug } from '../../lib/connector-document.ts'
import { RadioCards } from '../../ui/choice.tsx'
import { TextField } from '../../ui/field.tsx'
import { OAuthAppForm } from './oauth-app-form.tsx'

/** For what the app is to be, then the app. */
export function EnterOAuthApp({ onSaved }: { readonly onSaved: () => void }) {
  const [serves, setServes] = useState<'family' | 'connector'>('family')
  const [id, setId] = useState('')
  const target = id.trim().toLowerCase()
  return (
    <div className="space-y-4 pb-2">
      <RadioCards
        label="It serves"
        value={serves}
        onChange={setServes}
        options={[
          { value: 'family', label: 'A family of connectors', hint: 'Such as google: one app for mail, calendar and files.' },
          { value: 'connector', label: 'One connector', hint: 'Comes before an app of its family.' },
        ]}
      />
      <TextField
        label={serves === 'family' ? 'Family' : 'Identifier of the connector'}
        required
        mono
        value={id}
        onValueChange={setId}
        placeholder={serves === 'family' ? 'google' : 'github'}
      />
      {isSlug(target) && (
        <OAuthAppForm
          key={`${serves} ${target}`}
          target={serves === 'family' ? { family: target } : { connector: target }}
          name={target}
          onSaved={onSaved}
        />
      )}
    </div>
  )
}
