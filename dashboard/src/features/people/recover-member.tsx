import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import type { Member } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/choice.tsx'
import { Dialog } from '../../ui/overlay.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { LinkBox } from './link-box.tsx'

/** Makes a one-time link with which a member sets a new password. Null is closed. */
export function RecoverMember({ member, onClose }: { readonly member: Member | null; readonly onClose: () => void }) {
  const [removeTwoFactor, setRemoveTwoFactor] = useState(false)
  const make = useMutation({
    mutationFn: (id: string) => api.members.recover(id, { remove_two_factor: removeTwoFactor }),
  })
  const close = () => {
    make.reset()
    setRemoveTwoFactor(false)
    onClose()
  }
  return (
    <Dialog
      open={member !== null}
      onClose={close}
      title={`A new password for ${member?.name ?? ''}`}
      description="Whoever opens the link sets the password. It works once, for an hour, and ends their sessions."
    >
      <div className="space-y-4 pb-2">
        {make.data ? (
          <LinkBox url={make.data.url} />
        ) : (
          <>
            {member?.two_factor && (
              <Checkbox
                checked={removeTwoFactor}
                onChange={setRemoveTwoFactor}
                label="Turn the second factor off too"
                hint="For somebody who has lost the authenticator and the recovery codes."
              />
            )}
            <ErrorNotice error={make.error} />
            <Button look="primary" busy={make.isPending} onClick={() => member && make.mutate(member.id)}>
              Make the link
            </Button>
          </>
        )}
      </div>
    </Dialog>
  )
}
