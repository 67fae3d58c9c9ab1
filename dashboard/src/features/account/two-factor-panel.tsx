import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { Panel } from '../../ui/page.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { say } from '../../ui/toast.tsx'
import { TwoFactorSetup } from './two-factor-setup.tsx'

type Open = 'setup' | 'off' | 'codes' | null

/** The second factor, on or off. */
export function TwoFactorPanel({ on }: { readonly on: boolean }) {
  const [open, setOpen] = useState<Open>(null)
  const close = () => setOpen(null)
  return (
    <Panel title="Two-factor sign-in">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <Status state={on ? { shape: 'disc', tone: 'ok', words: 'On' } : { shape: 'ring', tone: 'idle', words: 'Off' }} />
        <div className="flex flex-wrap gap-2">
          {on ? (
            <>
              <Button onClick={() => setOpen('codes')}>New recovery codes</Button>
              <Button look="danger" onClick={() => setOpen('off')}>
                Turn off
              </Button>
            </>
          ) : (
            <Button look="primary" onClick={() => setOpen('setup')}>
              Turn on
            </Button>
          )}
        </div>
      </div>
      <p className="mt-3 text-ink-2">
        {on
          ? 'Signing in asks for a code of your authenticator after the password.'
          : 'A code of an authenticator app after the password keeps out whoever learns the password.'}
      </p>
      <Dialog open={open === 'setup'} onClose={close} title="Turn on two-factor sign-in">
        <TwoFactorSetup
          onDone={() => {
            say('Two-factor sign-in is on')
            close()
          }}
        />
      </Dialog>
      <PasswordDialog open={open === 'off' || open === 'codes'} what={open} onClose={close} />
    </Panel>
  )
}

function PasswordDialog({ open, what, onClose }: { readonly open: boolean; readonly what: Open; readonly onClose: () => void }) {
  const client = useQueryClient()
  const [password, setPassword] = useState('')
  const ask = useMutation({
    mutationFn: async () => {
      if (what === 'codes') return (await api.account.newRecoveryCodes(password)).recovery_codes
      await api.account.endTwoFactor(password)
      return null
    },
    onSuccess: async (codes) => {
      setPassword('')
      if (codes !== null) return
      say('Two-factor sign-in is off')
      onClose()
      await client.invalidateQueries()
    },
  })
  const close = () => {
    ask.reset()
    setPassword('')
    onClose()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    ask.mutate()
  }
  return (
    <Dialog open={open} onClose={close} title={what === 'codes' ? 'New recovery codes' : 'Turn off two-factor sign-in'}>
      {ask.data ? (
        <div className="space-y-3 pb-2">
          <div className="flex items-center justify-between gap-2">
            <p>The old ones work no more. These are shown this once.</p>
            <CopyButton value={ask.data.join('\n')} label="Copy the recovery codes" text="Copy" />
          </div>
          <ul className="grid grid-cols-2 gap-x-4 font-mono">
            {ask.data.map((code) => (
              <li key={code}>{code}</li>
            ))}
          </ul>
        </div>
      ) : (
        <form onSubmit={submit} className="space-y-4 pb-2">
          <TextField
            label="Your password"
            type="password"
            autoComplete="current-password"
            required
            autoFocus
            value={password}
            onValueChange={setPassword}
          />
          <ErrorNotice error={ask.error} />
          <Button type="submit" look={what === 'codes' ? 'primary' : 'danger'} busy={ask.isPending}>
            {what === 'codes' ? 'Make new codes' : 'Turn it off'}
          </Button>
        </form>
      )}
    </Dialog>
  )
}
