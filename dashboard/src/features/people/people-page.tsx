import { Plus } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { TabPanel, Tabs } from '../../ui/tabs.tsx'
import { useMay } from '../session/session.ts'
import { CreateTeam } from './create-team.tsx'
import { InvitationList } from './invitation-list.tsx'
import { Invite } from './invite.tsx'
import { MemberList } from './member-list.tsx'
import { SignInSettings } from './sign-in-settings.tsx'
import { TeamList } from './team-list.tsx'
import { WorkspaceSettings } from './workspace-settings.tsx'

type Tab = 'members' | 'invitations' | 'teams' | 'sign-in' | 'workspace'

const fill = 'flex min-h-0 flex-1 flex-col outline-none'

/** Who belongs to the workspace, in which teams, and how they get in. */
export function PeoplePage() {
  const admin = useMay('admin')
  const [tab, setTab] = useState<Tab>('members')
  const [open, setOpen] = useState<'invite' | 'team' | null>(null)
  const tabs = [
    { value: 'members', label: 'Members' },
    ...(admin ? [{ value: 'invitations', label: 'Invitations' } as const] : []),
    { value: 'teams', label: 'Teams' },
    ...(admin ? [{ value: 'sign-in', label: 'Sign-in' } as const] : []),
    { value: 'workspace', label: 'Workspace' },
  ] as const
  const invite = () => setOpen('invite')
  const actions =
    !admin || tab === 'sign-in' || tab === 'workspace' ? null : tab === 'teams' ? (
      <Button look="primary" icon={<Plus size={15} />} onClick={() => setOpen('team')}>
        New team
      </Button>
    ) : (
      <Button look="primary" icon={<Plus size={15} />} onClick={invite}>
        Invite
      </Button>
    )
  return (
    <Page
      title="People"
      description="Members, their roles and teams, how they sign in, and the workspace itself."
      actions={actions}
    >
      <Tabs<Tab> value={tab} onChange={setTab} tabs={tabs} listClassName="px-4 md:px-8">
        <TabPanel value="members" className={fill}>
          <MemberList />
        </TabPanel>
        <TabPanel value="invitations" className={fill}>
          <InvitationList onInvite={invite} />
        </TabPanel>
        <TabPanel value="teams" className={fill}>
          <TeamList onCreate={() => setOpen('team')} />
        </TabPanel>
        <TabPanel value="sign-in" className={fill}>
          <SignInSettings />
        </TabPanel>
        <TabPanel value="workspace" className={fill}>
          <WorkspaceSettings />
        </TabPanel>
      </Tabs>
      <Invite open={open === 'invite'} onClose={() => setOpen(null)} />
      <CreateTeam open={open === 'team'} onClose={() => setOpen(null)} />
    </Page>
  )
}
