import { useNavigate, useSearch } from '@tanstack/react-router'
import { BellOff, Plus } from 'lucide-react'
import { useState } from 'react'
import type { Alert, AlertRule } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { TabPanel, Tabs } from '../../ui/tabs.tsx'
import { AlertList } from './alert-list.tsx'
import { AlertSheet } from './alert-sheet.tsx'
import { RuleDialog } from './rule-dialog.tsx'
import { RuleList } from './rule-list.tsx'
import { SilenceDialog, SilenceList } from './silences.tsx'

const tabs = [
  { value: 'firing', label: 'Firing' },
  { value: 'history', label: 'History' },
  { value: 'rules', label: 'Rules' },
  { value: 'silences', label: 'Silences' },
] as const
type Tab = (typeof tabs)[number]['value']
type Open = { readonly rule: AlertRule | null } | { readonly silence: Alert | null } | null

const fill = 'flex min-h-0 flex-1 flex-col outline-none'

/** What is watched, what fires, and of what nobody is told. */
export function AlertsPage() {
  const { tab = 'firing', alert } = useSearch({ from: '/alerts' })
  const navigate = useNavigate()
  const [open, setOpen] = useState<Open>(null)
  const close = () => setOpen(null)
  const show = (id: string | undefined) => void navigate({ to: '.', search: { tab, ...(id !== undefined && { alert: id }) } })
  const newRule = () => setOpen({ rule: null })
  const list = { onOpen: show, onSilence: (silence: Alert) => setOpen({ silence }), onNewRule: newRule }
  return (
    <Page
      title="Alerts"
      description="What is watched beside the calls: who is told when something fails, slows down or comes to its end."
      actions={
        tab === 'silences' ? (
          <Button icon={<BellOff size={15} />} onClick={() => setOpen({ silence: null })}>
            Silence all
          </Button>
        ) : (
          <Button look="primary" icon={<Plus size={15} />} onClick={newRule}>
            New rule
          </Button>
        )
      }
    >
      <Tabs<Tab>
        value={tab}
        onChange={(next) => void navigate({ to: '.', search: { tab: next }, replace: true })}
        tabs={tabs}
        listClassName="px-4 md:px-8"
      >
        <TabPanel value="firing" className={fill}>
          <AlertList show="firing" {...list} />
        </TabPanel>
        <TabPanel value="history" className={fill}>
          <AlertList show="all" {...list} />
        </TabPanel>
        <TabPanel value="rules" className={fill}>
          <RuleList onNew={newRule} onChange={(rule) => setOpen({ rule })} />
        </TabPanel>
        <TabPanel value="silences" className={fill}>
          <SilenceList />
        </TabPanel>
      </Tabs>
      {open !== null && 'rule' in open && <RuleDialog rule={open.rule} onClose={close} />}
      {open !== null && 'silence' in open && <SilenceDialog alert={open.silence} onClose={close} />}
      {alert !== undefined && <AlertSheet id={alert} onClose={() => show(undefined)} />}
    </Page>
  )
}
