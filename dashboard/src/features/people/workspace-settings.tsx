import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import { exportPath, forgetWorkspace } from '../../api/workspace.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { NamePanel } from '../../ui/name-panel.tsx'
import { Confirm, Dialog } from '../../ui/overlay.tsx'
import { Panel } from '../../ui/page.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { useMay } from '../session/session.ts'

interface Workspace {
  readonly id: string
  readonly name: string
}

/** Everything on the page belonged to it. */
function goElsewhere(): void {
  forgetWorkspace()
  location.assign('/')
}

/** The workspace itself: its name, and the ways out of it. */
export function WorkspaceSettings() {
  const session = useQuery(queries.session()).data
  const admin = useMay('admin')
  const owner = useMay('owner')
  if (!session?.workspace) return null
  const { workspace, person } = session
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-4 py-4 md:px-8">
      <div className="max-w-3xl space-y-4">
        {admin && (
          <NamePanel
            key={workspace.name}
            label="Name of the workspace"
            name={workspace.name}
            action="Rename"
            onRename={(name) => api.workspaces.rename(name)}
            done="Workspace renamed"
          />
        )}
        {person && <LeavePanel workspace={workspace} />}
        {person && owner && <DeletePanel workspace={workspace} />}
      </div>
    </div>
  )
}

function LeavePanel({ workspace }: { readonly workspace: Workspace }) {
  const [asking, setAsking] = useState(false)
  const leave = useMutation({ mutationFn: () => api.workspaces.leave(workspace.id), onSuccess: goElsewhere })
  return (
    <Panel title="Leave">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 flex-1 text-ink-2">You come back only by an invitation.</p>
        <Button onClick={() => setAsking(true)}>Leave {workspace.name}…</Button>
      </div>
      <Confirm
        open={asking}
        onClose={() => {
          leave.reset()
          setAsking(false)
        }}
        title={`Leave ${workspace.name}?`}
        action="Leave workspace"
        busy={leave.isPending}
        onConfirm={() => leave.mutate()}
      >
        <p>
          Your own connections here are deleted with their credentials, the tokens you made are revoked, and applications that act
          for you are disconnected. What you did stays in the log.
        </p>
        <ErrorNotice error={leave.error} />
      </Confirm>
    </Panel>
  )
}

function DeletePanel({ workspace }: { readonly workspace: Workspace }) {
  const [asking, setAsking] = useState(false)
  return (
    <Panel title="Delete">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 flex-1 text-ink-2">For everybody, and for good.</p>
        <Button look="danger" onClick={() => setAsking(true)}>
          Delete {workspace.name}…
        </Button>
      </div>
      {asking && <DeleteWorkspace workspace={workspace} onClose={() => setAsking(false)} />}
    </Panel>
  )
}

function DeleteWorkspace({ workspace, onClose }: { readonly workspace: Workspace; readonly onClose: () => void }) {
  const [typed, setTyped] = useState('')
  const remove = useMutation({ mutationFn: () => api.workspaces.delete(workspace.id, typed), onSuccess: goElsewhere })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    remove.mutate()
  }
  return (
    <Dialog open onClose={onClose} title={`Delete ${workspace.name}?`}>
      <form onSubmit={submit} className="space-y-4 pb-2">
        <div className="space-y-2 text-body text-ink-2">
          <p>This can't be undone. Gone are:</p>
          <ul className="list-disc space-y-1 pl-5">
            <li>all connections, with their credentials, and all connectors</li>
            <li>all tokens and toolsets: agents that use them are refused at once</li>
            <li>memberships, teams and invitations of everybody</li>
            <li>the log of calls, and approvals that wait</li>
          </ul>
          <p>
            The audit log stays in the database, where nobody can read it from here any more.{' '}
            <a href={exportPath(workspace.id)} download className="underline">
              Export it first
            </a>{' '}
            if you may need it.
          </p>
        </div>
        <TextField
          label={`Type ${workspace.name} to confirm`}
          autoFocus
          required
          value={typed}
          onValueChange={setTyped}
          autoComplete="off"
        />
        <ErrorNotice error={remove.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="danger" busy={remove.isPending} disabled={typed !== workspace.name}>
            Delete workspace
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
