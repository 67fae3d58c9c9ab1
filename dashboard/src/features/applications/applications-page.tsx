import { Plus } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { TabPanel, Tabs } from '../../ui/tabs.tsx'
import { useMay } from '../session/session.ts'
import { ClientList } from './client-list.tsx'
import { GrantList } from './grant-list.tsx'
import { RegisterClient } from './register-client.tsx'

const tabs = [
  { value: 'connected', label: 'Connected' },
  { value: 'registered', label: 'Registered' },
] as const
type Tab = (typeof tabs)[number]['value']

const fill = 'flex min-h-0 flex-1 flex-col outline-none'

/** MCP clients and other applications: what somebody lets act for them, and what admins registered by hand. */
export function ApplicationsPage() {
  const admin = useMay('admin')
  const [tab, setTab] = useState<Tab>('connected')
  const [registering, setRegistering] = useState(false)
  const register = () => setRegistering(true)
  if (!admin)
    return (
      <Page title="Applications" description="MCP clients that you signed in with. They act as you.">
        <GrantList />
      </Page>
    )
  return (
    <Page
      title="Applications"
      description="MCP clients that somebody of this workspace signed in with, and those that you registered by hand."
      actions={
        tab === 'registered' && (
          <Button look="primary" icon={<Plus size={15} />} onClick={register}>
            Register an application
          </Button>
        )
      }
    >
      <Tabs<Tab> value={tab} onChange={setTab} tabs={tabs} listClassName="px-4 md:px-8">
        <TabPanel value="connected" className={fill}>
          <GrantList underTabs />
        </TabPanel>
        <TabPanel value="registered" className={fill}>
          <ClientList />
        </TabPanel>
      </Tabs>
      <RegisterClient open={registering} onClose={() => setRegistering(false)} />
    </Page>
  )
}
