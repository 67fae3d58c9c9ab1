import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { EntryFrame } from './entry-frame.tsx'

/** The password was right: the code of the authenticator, or one of the recovery codes. */
export function SecondFactor({ onBack }: { readonly onBack: () => void }) {
  const client = useQueryClient()
  const [recovery, setRecovery] = useState(false)
  const [code, setCode] = useState('')
  const send = useMutation({
    mutationFn: () => api.session.sendSecondFactor(recovery ? { recovery_code: code.trim() } : { code: code.trim() }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['session'] }),
    onError: () => setCode(''),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    send.mutate()
  }
  return (
    <EntryFrame
      title={recovery ? 'Use a recovery code' : 'Enter the code'}
      lead={recovery ? 'Each of them signs in once.' : 'Your authenticator shows six digits for Sallyport.'}
    >
      <form onSubmit={submit} className="space-y-4">
        <TextField
          key={recovery ? 'recovery' : 'code'}
          label={recovery ? 'Recovery code' : 'Code'}
          mono
          required
          autoFocus
          value={code}
          onValueChange={setCode}
          {...(recovery ? {} : { inputMode: 'numeric' as const, pattern: '\\d{6}', maxLength: 6, autoComplete: 'one-time-code' })}
        />
        <ErrorNotice error={send.error} />
        <Button type="submit" look="primary" className="w-full" busy={send.isPending}>
          Sign in
        </Button>
      </form>
      <div className="mt-4 -ml-2 flex justify-between">
        <Button look="quiet" size="small" onClick={() => setRecovery(!recovery)}>
          {recovery ? 'Use the authenticator' : 'Use a recovery code'}
        </Button>
        <Button look="quiet" size="small" onClick={onBack}>
          Begin again
        </Button>
      </div>
    </EntryFrame>
  )
}
