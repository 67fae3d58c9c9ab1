import { useMutation, useQueryClient } from '@tanstack/react-query'
import { QRCodeSVG } from 'qrcode.react'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { TextField } from '../../ui/field.tsx'
import { ErrorNotice } from '../../ui/states.tsx'

/** Turns the second factor on: password, the code to scan with the recovery codes, the first code. */
export function TwoFactorSetup({ onDone }: { readonly onDone?: () => void }) {
  const client = useQueryClient()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const begin = useMutation({ mutationFn: () => api.account.beginTwoFactor(password) })
  const confirm = useMutation({
    mutationFn: () => api.account.confirmTwoFactor(code.trim()),
    onSuccess: async () => {
      await client.invalidateQueries()
      onDone?.()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (begin.data) confirm.mutate()
    else begin.mutate()
  }
  const secret = begin.data ? (new URL(begin.data.uri).searchParams.get('secret') ?? '') : ''
  return (
    <form onSubmit={submit} className="space-y-4">
      {begin.data ? (
        <>
          <div className="flex flex-wrap items-start gap-4">
            {/* Dark on light in both themes: not every camera reads the other. */}
            <div className="rounded-panel border border-line bg-white p-2">
              <QRCodeSVG value={begin.data.uri} size={136} title="Scan with your authenticator" />
            </div>
            <div className="min-w-48 flex-1 space-y-2">
              <p>Scan it with an authenticator app, or enter the key by hand:</p>
              <div className="flex items-center gap-1">
                <code className="min-w-0 break-all text-small">{secret}</code>
                <CopyButton value={secret} label="Copy the key" />
              </div>
            </div>
          </div>
          <div className="rounded-panel border border-line bg-sunken p-3">
            <div className="mb-2 flex items-center justify-between gap-2">
              <strong className="font-medium">Recovery codes</strong>
              <CopyButton value={begin.data.recovery_codes.join('\n')} label="Copy the recovery codes" text="Copy" />
            </div>
            <p className="mb-2 text-small text-ink-2">
              Each signs in once when the authenticator is gone. Keep them somewhere safe; they are shown this once.
            </p>
            <ul className="grid grid-cols-2 gap-x-4 font-mono text-small">
              {begin.data.recovery_codes.map((each) => (
                <li key={each}>{each}</li>
              ))}
            </ul>
          </div>
          <TextField
            label="Code of the authenticator"
            mono
            required
            autoFocus
            inputMode="numeric"
            pattern="\d{6}"
            maxLength={6}
            autoComplete="one-time-code"
            value={code}
            onValueChange={setCode}
          />
        </>
      ) : (
        <TextField
          label="Your password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onValueChange={setPassword}
        />
      )}
      <ErrorNotice error={confirm.error ?? begin.error} />
      <Button type="submit" look="primary" busy={begin.isPending || confirm.isPending}>
        {begin.data ? 'Turn it on' : 'Set up two-factor sign-in'}
      </Button>
    </form>
  )
}
