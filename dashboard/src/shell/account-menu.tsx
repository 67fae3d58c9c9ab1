import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Building2, Check, CircleUser, Keyboard, LogOut, Monitor, Moon, Plus, Sun } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { api } from '../api/client.ts'
import type { Session, SessionCaller } from '../api/types.ts'
import { forgetWorkspace, switchWorkspace } from '../api/workspace.ts'
import { NewWorkspace } from '../features/account/new-workspace.tsx'
import { Menu, type MenuEntry } from '../ui/menu.tsx'
import { setTheme, type ThemeChoice, useThemeChoice } from './theme.ts'

const themes: readonly { readonly value: ThemeChoice; readonly label: string; readonly Icon: typeof Sun }[] = [
  { value: 'system', label: 'Theme of the system', Icon: Monitor },
  { value: 'light', label: 'Light', Icon: Sun },
  { value: 'dark', label: 'Dark', Icon: Moon },
]

interface AccountMenuProps {
  readonly session: Session & { readonly caller: SessionCaller }
  readonly trigger: ReactElement
  readonly onHelp: () => void
  /** What stands above the account's own entries: on a phone, the screens without a tab. */
  readonly first?: readonly (MenuEntry | null)[]
}

/** Who is signed in and in which workspace, the theme, the keys, and the way out. */
export function AccountMenu({ session, trigger, onHelp, first = [] }: AccountMenuProps) {
  const { caller, person, workspace, workspaces } = session
  const navigate = useNavigate()
  const [making, setMaking] = useState(false)
  const mayMake = person !== null && !person.single_sign_on && (caller.role === 'admin' || caller.role === 'owner')
  const client = useQueryClient()
  const theme = useThemeChoice()
  const signOut = async () => {
    await api.session.signOut()
    client.clear()
    forgetWorkspace()
    await client.invalidateQueries({ queryKey: ['session'] })
    location.assign('/')
  }
  return (
    <>
      <Menu
        side="top"
        trigger={trigger}
        header={
          <>
            <div className="font-medium">{caller.name}</div>
            <div className="text-small text-ink-3">
              {caller.email ?? caller.kind} · {caller.role}
            </div>
          </>
        }
        entries={[
          ...first,
          ...(person === null
            ? []
            : [{ label: 'Your profile', icon: <CircleUser size={14} />, onSelect: () => void navigate({ to: '/profile' }) }]),
          ...(workspaces.length > 1
            ? workspaces.map(({ id, name }) => ({
                label: name,
                icon: id === workspace?.id ? <Check size={14} /> : <Building2 size={14} />,
                onSelect: () => switchWorkspace(id),
              }))
            : []),
          ...(mayMake ? [{ label: 'New workspace…', icon: <Plus size={14} />, onSelect: () => setMaking(true) }] : []),
          null,
          ...themes.map(({ value, label, Icon }) => ({
            label,
            icon: theme === value ? <Check size={14} /> : <Icon size={14} />,
            onSelect: () => setTheme(value),
          })),
          null,
          { label: 'Keyboard shortcuts', icon: <Keyboard size={14} />, onSelect: onHelp },
          { label: 'Sign out', icon: <LogOut size={14} />, onSelect: () => void signOut() },
        ]}
      />
      <NewWorkspace open={making} onClose={() => setMaking(false)} />
    </>
  )
}
